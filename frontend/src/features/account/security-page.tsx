import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useApi } from '../../api/client.js';
import { useSessionState } from '../../api/use-session.js';
import { Dialog } from '../../ui/dialog.js';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { security } from './account.queries.js';
import { OwnData } from './own-data.js';
import { PasskeyList } from './passkey-list.js';
import { RecoveryCodeList, RecoveryCodes } from './recovery-codes.js';
import { TotpSetUp } from './totp-set-up.js';

/** Second factors of the account, and its data. */
export function SecurityPage({ back }: { back: ReactNode }) {
  const api = useApi();
  const state = useSessionState(api.session);
  const { data, error, refetch } = useQuery(security(api));
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (state.status !== 'signed-in') return null;
  const changed = (recoveryCodes: readonly string[] | null = null) => {
    setCodes(recoveryCodes);
    void refetch();
  };
  return (
    <PlainPage title="Security" action={back}>
      {data && (
        <>
          <Section
            title="Authenticator app"
            lead="Asks for a six-digit code from an app on your phone after your password."
          >
            <TotpSetUp totp={data.totp} onChanged={changed} />
          </Section>
          <Section
            title="Passkeys"
            lead="Sign in with your fingerprint, your face, a PIN or a security key instead of your password."
          >
            <PasskeyList passkeys={data.passkeys} address={data.passkeyAddress} onChanged={changed} />
          </Section>
          {(data.totp !== null || data.passkeys.length > 0) && (
            <Section
              title="Recovery codes"
              lead="For when you have lost your phone and your passkeys. Each code works once."
            >
              <RecoveryCodes left={data.recoveryCodesLeft} onRenewed={changed} />
            </Section>
          )}
        </>
      )}
      {!data && error && (
        <ErrorState title="This could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <div aria-busy="true">
          <Skeleton line="14rem" />
        </div>
      )}
      <Section title="Your data" lead="Everything this server stores about your account.">
        <OwnData username={state.user.username} />
      </Section>
      <Dialog open={codes !== null} onClose={() => setCodes(null)} title="Your recovery codes">
        {codes !== null && <RecoveryCodeList codes={codes} onDone={() => setCodes(null)} />}
      </Dialog>
    </PlainPage>
  );
}
