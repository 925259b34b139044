import { useQuery } from '@tanstack/react-query';
import { Clapperboard } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import { useSessionState } from '../../api/use-session.js';
import { PosterCard } from '../../ui/poster-card.js';
import { Row } from '../../ui/row.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { home } from './browse.queries.js';
import { ContinueRow } from './continue-row.js';
import { Hero } from './hero.js';
import styles from './home-page.module.css';
import { HomeRowsButton } from './home-rows.js';

/** @param openTorrent the button that opens a magnet or a .torrent file, for when there is nothing else to do */
export function HomePage({ openTorrent }: { openTorrent: ReactNode }) {
  const api = useApi();
  const session = useSessionState(api.session);
  const isChild = session.status === 'signed-in' && session.user.role === 'child';
  const { data, error, isPending, refetch } = useQuery(home(api));

  if (isPending) return <HomeSkeleton />;
  if (error) {
    return (
      <div className={styles['state']}>
        <title>Kinora</title>
        <ErrorState title="The home page could not be loaded" error={error} onRetry={() => void refetch()} />
      </div>
    );
  }

  const rows = data.rows.filter((row) => row.items.length > 0);
  const featured = rows[0]?.items[0];
  return (
    <div className={styles['page']}>
      <title>Kinora</title>
      {featured ? (
        <Hero media={featured} />
      ) : (
        <div className={styles['state']}>
          <EmptyState icon={<Clapperboard aria-hidden />} title="Nothing to show yet" actions={openTorrent}>
            {isChild ? forChildren : forEveryone}
          </EmptyState>
        </div>
      )}
      {data.stale && (
        <div className={styles['notices']}>
          <Notice>TMDB does not answer. This is what was known before.</Notice>
        </div>
      )}
      {data.rows.map((row, index) => {
        if (row.kind === 'continue') return <ContinueRow key={row.id} />;
        if (row.items.length === 0) return null;
        return (
          <Row key={row.id} id={row.id} title={row.title}>
            {row.items.map((media) => (
              <li key={media.id}>
                <PosterCard media={media} place={`${row.id}:${media.id}`} eager={index < 2} />
              </li>
            ))}
          </Row>
        );
      })}
      {featured && data.catalogue === 'open-films' && (
        <div className={styles['notices']}>
          <Notice>
            These are public-domain and openly licensed films. A TMDB token in the server&rsquo;s settings
            adds the whole catalogue.
          </Notice>
        </div>
      )}
      <div className={styles['foot']}>
        <HomeRowsButton />
      </div>
    </div>
  );
}

const forEveryone =
  'The catalogue has no titles. A TMDB token in the server\u2019s settings brings the whole catalogue; a magnet link or a .torrent file plays right away.';
const forChildren =
  'No title here is known to be for your age. Whoever looks after this server can change the age of your account.';

function HomeSkeleton() {
  return (
    <div className={styles['page']} aria-busy="true">
      <title>Kinora</title>
      <p className="visually-hidden" role="status">
        Loading
      </p>
      <div className={styles['hero']}>
        <Skeleton className={styles['heroTitle']} />
        <Skeleton line="11rem" />
        <Skeleton line="min(34rem, 90%)" />
        <Skeleton className={styles['heroButton']} />
      </div>
      {[0, 1].map((row) => (
        <div key={row}>
          <div className={styles['heading']}>
            <Skeleton line="9rem" />
          </div>
          <div className={styles['skeletons']}>
            {Array.from({ length: 12 }, (_, index) => (
              <Skeleton key={index} className={styles['poster']} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
