import { useQuery } from '@tanstack/react-query';
import { ListVideo } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { IndexerFailures, RefusedReleases } from './indexer-failures.js';
import { SourceTable } from './source-table.js';
import { whyNoSources } from './source-words.js';
import { type EpisodePlace, episodeSources } from './title.queries.js';

interface EpisodeSourcesProps extends EpisodePlace {
  /** For people: its number and title. */
  name: string;
}

/** Where an episode can be played from, packs among them, for those who want to choose. */
export function EpisodeSources({ name, ...place }: EpisodeSourcesProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        icon
        aria-haspopup="dialog"
        aria-label={`Sources of ${name}`}
        onClick={() => setOpen(true)}
      >
        <ListVideo aria-hidden />
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title={`Sources of ${name}`} shape="sheet">
          <Found {...place} />
        </Dialog>
      )}
    </>
  );
}

function Found(place: EpisodePlace) {
  const api = useApi();
  const { data, error, refetch } = useQuery(episodeSources(api, place));
  if (error) {
    return <ErrorState title="Sources could not be looked up" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) {
    return (
      <div aria-busy="true">
        <p className="visually-hidden" role="status">
          Looking for sources
        </p>
        <Skeleton line="18rem" />
        <Skeleton line="14rem" />
      </div>
    );
  }
  const none = whyNoSources(data, 'episode');
  return (
    <>
      {data.items.length > 0 ? (
        <SourceTable
          sources={data.items}
          title={{ mediaId: place.showId, season: String(place.season), episode: String(place.episode) }}
        />
      ) : (
        <EmptyState title={none.title}>{none.text}</EmptyState>
      )}
      <IndexerFailures indexers={data.indexers} />
      <RefusedReleases refused={data.refused} />
    </>
  );
}
