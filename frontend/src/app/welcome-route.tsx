import { useNavigate } from '@tanstack/react-router';
import { WelcomePage } from '../features/settings/welcome-page.js';

export function WelcomeRoute() {
  const navigate = useNavigate();
  return <WelcomePage onDone={() => void navigate({ to: '/', replace: true })} />;
}
