import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../errors/app-error.js';
import { problems } from './common.schemas.js';
import { createApi } from './create-api.js';

export interface SecurityTxtRoutesOptions {
  /** A mailto: or https: address of the operator; undefined answers 404. */
  securityContact: string | undefined;
  publicUrl: string | undefined;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const securityTxtRoute = createRoute({
  method: 'get',
  path: '/.well-known/security.txt',
  tags: ['operation'],
  summary: 'Who to tell about flaws of this server (RFC 9116), when SECURITY_CONTACT is set',
  responses: {
    200: { description: 'Contact', content: { 'text/plain': { schema: z.string() } } },
    ...problems(404),
  },
});

/** RFC 9116, section 2.5.5, recommends less than a year. */
const validMs = 90 * 24 * 60 * 60 * 1000;

export function createSecurityTxtRoutes({ securityContact, publicUrl, now }: SecurityTxtRoutesOptions) {
  return createApi().openapi(securityTxtRoute, (context) => {
    if (securityContact === undefined) throw new AppError('not-found', 'There is no security contact.');
    return context.text(securityTxt(securityContact, publicUrl, now()), 200, {
      'Content-Type': 'text/plain; charset=utf-8',
    });
  });
}

/** The canonical address comes from PUBLIC_URL alone, never from the Host field, which a stranger chooses. */
function securityTxt(contact: string, publicUrl: string | undefined, now: number): string {
  const lines = [`Contact: ${contact}`, `Expires: ${new Date(now + validMs).toISOString()}`];
  if (publicUrl?.startsWith('https:')) lines.push(`Canonical: ${publicUrl}/.well-known/security.txt`);
  return `${lines.join('\n')}\n`;
}
