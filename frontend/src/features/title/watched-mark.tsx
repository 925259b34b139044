import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { answer, useApi } from '../../api/client.js';
import { progressOf, watchingChanged } from '../../api/watching.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';

/** Marks a film as watched, or takes that back. */
export function WatchedMark({ mediaId }: { mediaId: string }) {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useQuery(progressOf(api, mediaId));
  const mark = useMutation({
    mutationFn: (watched: boolean) => answer(api.http.history.marks.$post({ json: { mediaId, watched } })),
    onSettled: () => watchingChanged(queries),
  });
  if (!data) return null;
  const watched = mark.isPending ? mark.variables : data.watched;
  return (
    <>
      <Button
        look="quiet"
        aria-pressed={watched}
        disabled={mark.isPending}
        onClick={() => mark.mutate(!watched)}
      >
        {watched && <Check aria-hidden />}
        {watched ? 'Watched' : 'Mark as watched'}
      </Button>
      <FormError error={mark.error} />
    </>
  );
}
