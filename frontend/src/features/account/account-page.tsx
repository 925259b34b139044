import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import { useSessionState } from '../../api/use-session.js';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { PasswordForm } from './password-form.js';
import { ProfileForm } from './profile-form.js';
import { SessionList } from './session-list.js';

/** One's own account: name and language, password, and where one is signed in. */
export function AccountPage({ security }: { security: ReactNode }) {
  const { session } = useApi();
  const state = useSessionState(session);
  if (state.status !== 'signed-in') return null;
  return (
    <PlainPage title="Your account" action={security}>
      <ProfileForm user={state.user} />
      <Section title="Password" lead="A new password signs you out everywhere else.">
        <PasswordForm username={state.user.username} />
      </Section>
      <Section title="Signed in on" lead="Sign out what you do not know or no longer use.">
        <SessionList />
      </Section>
    </PlainPage>
  );
}
