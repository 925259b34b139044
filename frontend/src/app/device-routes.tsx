import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { ApprovePage } from '../features/device/approve-page.js';
import { AskPage } from '../features/device/ask-page.js';
import { buttonClass } from '../ui/button.js';
import { openAfterSignIn } from './next-page.js';

const askRoute = getRouteApi('/sign-in/device');
const approveRoute = getRouteApi('/member/layout/device');

/** Both sides of signing in a TV, loaded when needed. */
export function AskRoute() {
  const search = askRoute.useSearch();
  const navigate = askRoute.useNavigate();
  const { history } = useRouter();
  return (
    <AskPage
      onSignedIn={() => openAfterSignIn(history, search)}
      onBack={() => void navigate({ to: '/sign-in', search, replace: true })}
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
