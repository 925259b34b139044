import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { ShieldAlert, ShieldCheck, ShieldOff } from 'lucide-react';
import { answer, useApi } from '../../api/client.js';
import type { Vpn } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { formatAgo, formatMoment } from '../../ui/moment.js';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { vpnKey, vpnState } from './vpn.queries.js';
import styles from './vpn-page.module.css';
import { killSwitchWords, providerWords, vpnConsequence, vpnTitle, vpnTone } from './vpn-words.js';

/** How the VPN is and what hangs on it; for administrators. */
export function VpnPage() {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error, refetch, dataUpdatedAt } = useQuery(vpnState(api));
  const check = useMutation({
    mutationFn: () => answer(api.http.vpn.check.$post()),
    onSuccess: (found) => queries.setQueryData(vpnKey, found),
  });
  const isWatched = data !== undefined && data.policy !== 'off';
  return (
    <PlainPage
      title="VPN"
      action={
        isWatched && (
          <Button disabled={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? 'Checking' : 'Check now'}
          </Button>
        )
      }
    >
      <FormError error={check.error} />
      {isWatched && <State vpn={data} now={dataUpdatedAt} />}
      {data?.policy === 'off' && (
        <EmptyState icon={<ShieldOff aria-hidden />} title="No VPN is watched">
          Torrents go by whatever route this server has. With VPN_POLICY set to warn you are told when that is
          not the VPN; with require they stop until it is.
        </EmptyState>
      )}
      {!data && error && (
        <ErrorState
          title="The VPN's state could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {!data && !error && (
        <div aria-busy="true" className={styles['state']}>
          <Skeleton line="12rem" />
          <Skeleton line="24rem" />
        </div>
      )}
    </PlainPage>
  );
}

function State({ vpn, now }: { vpn: Vpn; now: number }) {
  const isGood = vpnTone(vpn) === 'good';
  const { provider } = vpn;
  return (
    <>
      <div className={styles['state']} data-testid="vpn-state">
        <p className={clsx(styles['title'], !isGood && styles['bad'])}>
          {isGood ? <ShieldCheck aria-hidden /> : <ShieldAlert aria-hidden />}
          {vpnTitle(vpn)}
        </p>
        <p>{vpn.reason}</p>
        <p className={styles['soft']}>{vpnConsequence(vpn)}</p>
      </div>
      <dl>
        <Fact name="Policy" value={vpn.policy} />
        <Fact name="Since" value={`${formatMoment(vpn.since)} (${formatAgo(vpn.since, now)})`} />
        <Fact name="Last change" value={formatMoment(vpn.changedAt)} />
        <Fact name="Interface" value={interfaceWords(vpn.interface)} />
        {vpn.killSwitch && <Fact name="Kill switch" value={killSwitchWords(vpn.killSwitch)} />}
        <Fact name="Public address" value={vpn.address ?? 'Not known'} />
        <Fact name="Provider" value={provider === null ? 'None is asked' : providerWords(provider)} />
        {provider !== null && provider.detail !== null && <Fact name="Its fault" value={provider.detail} />}
        {provider !== null && (
          <Fact
            name="Asked"
            value={provider.checkedAt === null ? 'Not yet' : formatAgo(provider.checkedAt, now)}
          />
        )}
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className={styles['fact']}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function interfaceWords(given: Vpn['interface']): string {
  if (given === null) return 'None';
  return given.address === null ? given.name : `${given.name}, ${given.address}`;
}
