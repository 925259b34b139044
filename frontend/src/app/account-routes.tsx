import { Link } from '@tanstack/react-router';
import { AccountPage } from '../features/account/account-page.js';
import { SecurityPage } from '../features/account/security-page.js';
import { buttonClass } from '../ui/button.js';

/** The pages of one's own account, loaded when needed. */
export function AccountRoute() {
  return (
    <AccountPage
      security={
        <Link to="/account/security" className={buttonClass()}>
          Security
        </Link>
      }
    />
  );
}

export function SecurityRoute() {
  return (
    <SecurityPage
      back={
        <Link to="/account" className={buttonClass({ look: 'quiet' })}>
          Your account
        </Link>
      }
    />
  );
}
