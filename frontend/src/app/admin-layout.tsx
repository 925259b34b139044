import { Link, Outlet } from '@tanstack/react-router';
import styles from './admin-layout.module.css';

const places = [
  { to: '/admin', name: 'Overview' },
  { to: '/admin/users', name: 'Users' },
  { to: '/admin/indexers', name: 'Indexers' },
  { to: '/admin/storage', name: 'Storage' },
  { to: '/admin/vpn', name: 'VPN' },
  { to: '/admin/jobs', name: 'Jobs' },
  { to: '/admin/settings', name: 'Settings' },
  { to: '/admin/audit', name: 'Audit log' },
] as const;

/** The pages of administrators, and the way from one to the other. */
export function AdminLayout() {
  return (
    <div className={styles['admin']}>
      <nav aria-label="Administration" className={styles['places']}>
        {places.map(({ to, name }) => (
          <Link key={to} to={to} activeOptions={{ exact: true }} className={styles['place']}>
            {name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}
