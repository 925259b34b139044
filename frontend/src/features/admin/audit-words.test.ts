import { expect, test } from '@jest/globals';
import { auditSubject, auditWords } from './audit-words.js';

test('an event is told in words, also one nobody knows here', () => {
  expect(auditWords({ action: 'session.created' })).toBe('Signed in');
  expect(auditWords({ action: 'hologram.made' })).toBe('hologram.made');
});

test('the subject is what a reader looks for, without ids', () => {
  const detail = { userId: '0198', username: 'kim', ageLimit: 12, ageLimitBefore: null };
  expect(auditSubject({ detail })).toBe('kim, age limit 12');
  expect(auditSubject({ detail: { method: 'GET', path: '/api/users', status: 403 } })).toBe(
    'GET /api/users, 403',
  );
  expect(auditSubject({ detail: {} })).toBe('');
});
