import { getRouteApi } from '@tanstack/react-router';
import { AuditPage } from '../features/admin/audit-page.js';
import { toAuditSearch, toAuditView } from '../features/admin/audit-view.js';

const route = getRouteApi('/member/layout/admin/audit');

/** The audit log, loaded when needed; its filters live in the address. */
export function AuditRoute() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <AuditPage
      view={toAuditView(search)}
      onView={(view) => void navigate({ search: toAuditSearch(view), resetScroll: true })}
    />
  );
}
