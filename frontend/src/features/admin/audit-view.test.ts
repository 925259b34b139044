import { expect, test } from '@jest/globals';
import { parseAuditSearch, toAuditSearch, toAuditView } from './audit-view.js';

test('the address keeps filters and page, and nothing that makes no sense', () => {
  expect(parseAuditSearch({ action: 'session', outcome: 'denied', page: '3', x: 'y' })).toEqual({
    action: 'session',
    outcome: 'denied',
    page: '3',
  });
  expect(parseAuditSearch({ action: "a'b", outcome: 'maybe', page: '-1' })).toEqual({});
  expect(toAuditView({ page: '3' })).toEqual({ page: 3 });
  expect(toAuditSearch({ action: 'user', page: 1 })).toEqual({ action: 'user' });
});
