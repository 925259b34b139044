import type { AuditView } from './admin.queries.js';

/** A view as it stands in the address: texts only. */
export type AuditSearch = Omit<AuditView, 'page'> & { page?: string };

/** Reads an address; what makes no sense in it is left out. */
export function parseAuditSearch(search: Partial<Record<string, string>>): AuditSearch {
  const { action = '', outcome, page = '' } = search;
  return {
    ...(/^[a-z]{1,32}$/.test(action) && { action }),
    ...((outcome === 'ok' || outcome === 'denied' || outcome === 'failed') && { outcome }),
    ...(/^[1-9]\d{0,3}$/.test(page) && page !== '1' && { page }),
  };
}

export function toAuditView({ page, ...filter }: AuditSearch): AuditView {
  return { ...filter, ...(page !== undefined && { page: Number(page) }) };
}

export function toAuditSearch({ page, ...filter }: AuditView): AuditSearch {
  return { ...filter, ...(page !== undefined && page > 1 && { page: String(page) }) };
}
