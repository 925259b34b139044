import { expect, test } from '@jest/globals';
import { createApi } from './create-api.js';
import { errorHandler } from './error-handler.js';
import { createSecurityTxtRoutes } from './security-txt.routes.js';

const ask = async (securityContact: string | undefined, publicUrl?: string) => {
  const api = createApi();
  api.onError(errorHandler);
  api.route('/', createSecurityTxtRoutes({ securityContact, publicUrl, now: () => 0 }));
  return api.request('/.well-known/security.txt', { headers: { Host: 'evil.example' } });
};

test('names the contact of the operator, until when, and the canonical address', async () => {
  const answer = await ask('mailto:security@example.org', 'https://kinora.example.org');
  expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toBe(
    'Contact: mailto:security@example.org\n' +
      'Expires: 1970-04-01T00:00:00.000Z\n' +
      'Canonical: https://kinora.example.org/.well-known/security.txt\n',
  );
});

test("has no canonical address without a public one: the Host field is a stranger's", async () => {
  expect(await (await ask('https://example.org/report')).text()).toBe(
    'Contact: https://example.org/report\nExpires: 1970-04-01T00:00:00.000Z\n',
  );
});

test('is absent without a contact', async () => {
  expect((await ask(undefined)).status).toBe(404);
});
