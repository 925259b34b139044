import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { useState } from 'react';
import { done, useApi } from '../../api/client.js';
import type { Progress } from '../../api/types.js';
import { progressOf, watchingChanged } from '../../api/watching.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import styles from './rating-button.module.css';

interface RatingButtonProps {
  mediaId: string;
  /** Of what, for people: the title, or the episode. */
  name: string;
  /** Of a series: one episode of it. */
  place?: { season: number; episode: number };
}

const MARKS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1] as const;

/** What the viewer thinks of it, from 1 to 10; nobody else sees it. */
export function RatingButton({ mediaId, name, place }: RatingButtonProps) {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useQuery(progressOf(api, mediaId));
  const [open, setOpen] = useState(false);
  const rate = useMutation({
    mutationFn: (rating: number | null) =>
      done(api.http.ratings[':mediaId'].$put({ param: { mediaId }, json: { rating, ...place } })),
    onSuccess: () => setOpen(false),
    onSettled: () => watchingChanged(queries),
  });
  if (!data) return null;
  const known = ratingIn(data, place);
  const rating = rate.isPending ? rate.variables : known;
  return (
    <>
      <Button
        look="quiet"
        aria-haspopup="dialog"
        aria-label={rating === null ? `Rate ${name}` : `${name}, your rating ${rating} of 10`}
        onClick={() => setOpen(true)}
      >
        <Star aria-hidden fill={rating === null ? 'none' : 'currentColor'} />
        {rating === null ? 'Rate' : `${rating}/10`}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`Rate ${name}`}>
        <ul className={styles['marks']} aria-label="Your rating">
          {MARKS.map((mark) => (
            <li key={mark}>
              <Button
                look={mark === rating ? 'primary' : 'secondary'}
                className={styles['mark']}
                aria-label={`${mark} of 10`}
                aria-pressed={mark === rating}
                disabled={rate.isPending}
                onClick={() => rate.mutate(mark)}
              >
                {mark}
              </Button>
            </li>
          ))}
        </ul>
        {known !== null && (
          <Button look="quiet" disabled={rate.isPending} onClick={() => rate.mutate(null)}>
            Take the rating back
          </Button>
        )}
        <FormError error={rate.error} />
      </Dialog>
    </>
  );
}

export function ratingIn(progress: Progress, place: RatingButtonProps['place']): number | null {
  if (!place) return progress.rating;
  const one = progress.episodes.find(
    ({ season, episode }) => season === place.season && episode === place.episode,
  );
  return one?.rating ?? null;
}
