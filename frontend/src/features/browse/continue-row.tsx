import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { answer, useApi } from '../../api/client.js';
import type { ContinueItem } from '../../api/types.js';
import { continueWatching, watchingChanged } from '../../api/watching.js';
import { Button } from '../../ui/button.js';
import { CardCaption } from '../../ui/card-caption.js';
import { formatRuntime } from '../../ui/format.js';
import { ownImageUrl } from '../../ui/image-url.js';
import { Meter } from '../../ui/meter.js';
import { Row } from '../../ui/row.js';
import { hueStyle } from '../../ui/title-colour.js';
import styles from './continue-row.module.css';

/** What was begun, and the episodes that come next. Nothing while there is none: the home page has enough else. */
export function ContinueRow() {
  const api = useApi();
  const { data } = useQuery(continueWatching(api));
  if (!data || data.items.length === 0) return null;
  return (
    <Row id="continue" title="Continue watching" shape="landscape">
      {data.items.map((item) => (
        <li key={item.mediaId} className={styles['item']}>
          <ContinueCard item={item} />
        </li>
      ))}
    </Row>
  );
}

function ContinueCard({ item }: { item: ContinueItem }) {
  const api = useApi();
  const queries = useQueryClient();
  const dismiss = useMutation({
    mutationFn: () =>
      answer(api.http['continue-watching'][':mediaId'].$delete({ param: { mediaId: item.mediaId } })),
    onSettled: () => watchingChanged(queries),
  });
  const picture = ownImageUrl(item.backdropUrl ?? item.posterUrl);
  const share = shareOf(item);
  return (
    <>
      <Link
        to="/play"
        search={playOf(item)}
        className={styles['card']}
        data-focus-place={`continue:${item.mediaId}`}
      >
        <span className={styles['picture']} style={hueStyle(item.title)}>
          {picture !== null && (
            <img className={styles['image']} src={picture} alt="" loading="lazy" decoding="async" />
          )}
          {share > 0 && <Meter look="picture" value={share} label={`Watched of ${item.title}`} />}
        </span>
        <CardCaption name={item.title} facts={factsOf(item)} />
      </Link>
      <Button
        look="quiet"
        icon
        className={styles['dismiss']}
        aria-label={`Leave ${item.title} out`}
        disabled={dismiss.isPending}
        onClick={() => dismiss.mutate()}
      >
        <X aria-hidden />
      </Button>
    </>
  );
}

function playOf({ mediaId, season, episode }: ContinueItem) {
  return season === null || episode === null
    ? { mediaId }
    : { mediaId, season: String(season), episode: String(episode) };
}

function shareOf({ positionSeconds, durationSeconds }: ContinueItem): number {
  if (positionSeconds === null || durationSeconds === null || durationSeconds <= 0) return 0;
  return Math.min(1, positionSeconds / durationSeconds);
}

/** "42 min left", "Season 2, episode 3". */
function factsOf(item: ContinueItem): string {
  const place = item.season === null || item.episode === null ? [] : [`S${item.season} E${item.episode}`];
  if (item.reason === 'next') return [...place, 'Next episode'].join(' · ');
  const { positionSeconds, durationSeconds } = item;
  const left =
    positionSeconds === null || durationSeconds === null
      ? ''
      : `${formatRuntime(Math.max(60, durationSeconds - positionSeconds))} left`;
  return [...place, left].filter((part) => part !== '').join(' · ');
}
