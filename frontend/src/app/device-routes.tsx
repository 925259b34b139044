import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { ApprovePage } from '../features/device/approve-page.js';
import { AskPage } from '../features/device/ask-page.js';
import { buttonClass } from '../ui/button.js';

const askRoute = getRouteApi('/sign-in/device');
const approveRoute = getRouteApi('/member/layout/device');

/** Both sides of signing in a TV, loaded when needed. */
export function AskRoute() {
  const { next } = askRoute.useSearch();
  const navigate = askRoute.useNavigate();
  const router = useRouter();
  return (
    <AskPage
      onSignedIn={() => router.history.replace(next ?? '/')}
      onBack={() =>
        void navigate({ to: '/sign-in', search: next === undefined ? {} : { next }, replace: true })
      }
    />
  );
}

export function ApproveRoute() {
  const { code = '' } = approveRoute.useSearch();
  return (
    <ApprovePage
      code={code}
      home={
        <Link to="/" className={buttonClass()}>
          Home
        </Link>
      }
    />
  );
}
