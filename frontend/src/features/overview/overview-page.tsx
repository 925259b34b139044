import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import type { ServerOverview } from '../../api/types.js';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { serverOverview } from './overview.queries.js';
import styles from './overview-page.module.css';
import { playFacts, serverFacts, storageFacts, vpnFacts } from './overview-words.js';

type Concern = ServerOverview['concerns'][number];

interface OverviewPageProps {
  /** The way to where a concern is looked into; null when that is here. */
  linkTo: (area: Concern['area'], words: string) => ReactNode;
}

/** How the server does: what needs somebody, who plays what, and what it keeps. */
export function OverviewPage({ linkTo }: OverviewPageProps) {
  const api = useApi();
  const { data, error, refetch, dataUpdatedAt } = useQuery(serverOverview(api));
  return (
    <PlainPage title="Overview">
      {!data && error && (
        <ErrorState title="The overview could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <div aria-busy="true">
          <p className="visually-hidden" role="status">
            Loading
          </p>
          <Skeleton line="18rem" />
        </div>
      )}
      {data && (
        <>
          <Concerns concerns={data.concerns} linkTo={linkTo} />
          <Section title="Playing now">
            <Plays plays={data.plays} />
          </Section>
          <Section title="This server">
            <dl className={styles['facts']}>
              <Fact name="Program">{serverFacts(data, dataUpdatedAt)}</Fact>
              <Fact name="Storage" link={linkTo('storage', 'Storage')}>
                {storageFacts(data.storage)}
              </Fact>
              <Fact name="VPN" link={linkTo('vpn', 'VPN')}>
                {vpnFacts(data.vpn)}
              </Fact>
            </dl>
          </Section>
        </>
      )}
    </PlainPage>
  );
}

function Concerns({ concerns, linkTo }: { concerns: readonly Concern[] } & OverviewPageProps) {
  if (concerns.length === 0)
    return (
      <p className={styles['well']} role="status">
        <CircleCheck aria-hidden />
        All is well.
      </p>
    );
  return (
    <ul className={styles['concerns']} aria-label="What needs you">
      {concerns.map(({ area, weight, message }) => (
        <li key={`${area} ${message}`} className={styles['concern']}>
          {weight === 'broken' ? (
            <CircleAlert aria-label="Broken" className={styles['broken']} />
          ) : (
            <Info aria-label="Worth knowing" />
          )}
          <span className={styles['message']}>{message}</span>
          {linkTo(area, 'Look')}
        </li>
      ))}
    </ul>
  );
}

function Plays({ plays }: Pick<ServerOverview, 'plays'>) {
  if (plays.length === 0) return <p className={styles['soft']}>Nobody is watching anything.</p>;
  return (
    <ul>
      {plays.map((play) => (
        <li key={play.id} className={styles['play']}>
          <p className={styles['title']}>{play.title}</p>
          <p className={styles['soft']}>{play.username ?? 'An account that is gone'}</p>
          <p className={styles['soft']}>{playFacts(play)}</p>
          {play.stage === 'stalled' && <p className={styles['soft']}>{play.message}</p>}
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, link, children }: { name: string; link?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles['fact']}>
      <dt>{link ?? name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
