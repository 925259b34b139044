import { Link } from '@tanstack/react-router';
import { OverviewPage } from '../features/overview/overview-page.js';
import { buttonClass } from '../ui/button.js';

const pages = {
  vpn: '/admin/vpn',
  storage: '/admin/storage',
  jobs: '/admin/jobs',
  indexers: '/admin/indexers',
  settings: '/admin/settings',
} as const;

export function OverviewRoute() {
  return (
    <OverviewPage
      linkTo={(area, words) =>
        area === 'server' ? null : (
          <Link to={pages[area]} className={words === 'Look' ? buttonClass({ look: 'quiet' }) : undefined}>
            {words}
          </Link>
        )
      }
    />
  );
}
