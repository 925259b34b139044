import type { Playback, PlaybackState } from '../../api/types.js';
import { formatBytes, formatCount, formatSpeed } from '../../ui/format.js';
import { runwaySeconds } from './seek-layers.js';
import { sendersOf } from './senders.js';
import styles from './side-panel.module.css';
import type { MediaState } from './use-media-state.js';

interface EnginePanelProps {
  playback: Playback | null;
  state: PlaybackState | null;
  media: MediaState;
}

/** What happens behind the picture. */
export function EnginePanel({ playback, state, media }: EnginePanelProps) {
  const codecs = [playback?.source?.videoCodec, playback?.source?.audioCodec].filter(Boolean).join(', ');
  const rows: [string, string | null][] = [
    ['Stage', state?.message ?? 'Asking the server'],
    ['Peers', state && peersInWords(state)],
    ['Down', state && formatSpeed(state.downloadBytesPerSecond)],
    ['Up', state && formatSpeed(state.uploadBytesPerSecond)],
    ['Runway', media.buffered && `${runwaySeconds(media.buffered, media.time).toFixed(1)} s buffered here`],
    [
      'On the server',
      typeof state?.runwaySeconds === 'number' ? `${state.runwaySeconds.toFixed(0)} s from here on` : null,
    ],
    ['Waits for', state?.verdict ? `${state.verdict.cause}: ${state.verdict.evidence.join('; ')}` : null],
    ['Fetched', state?.file ? fetched(state.downloadedBytes, state.file.sizeBytes) : null],
    ['File', state?.file?.name ?? null],
    ['Type', state?.file?.mimeType ?? playback?.mimeType ?? null],
    ['Codecs', codecs === '' ? null : codecs],
    ['Picture', media.width > 0 ? `${media.width} × ${media.height}` : null],
    [
      'Mode',
      playback &&
        (playback.mode === 'direct' ? 'Direct, nothing is converted' : 'Converted while playing (HLS)'),
    ],
    ['Source', playback?.source ? `${playback.source.indexer}: ${playback.source.title}` : null],
    ['Why', playback && playback.reasons.length > 0 ? playback.reasons.join(', ') : null],
  ];
  return (
    <aside className={styles['panel']} aria-label="What the engine does" data-testid="engine">
      <h2 className={styles['title']}>Engine</h2>
      <dl className={styles['list']}>
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </aside>
  );
}

function fetched(bytes: number, whole: number): string {
  const part = whole > 0 ? Math.floor((bytes / whole) * 100) : 0;
  return `${formatBytes(bytes)} of ${formatBytes(whole)}, ${part} %`;
}

function peersInWords({ peers, webSeeds, swarm }: PlaybackState): string {
  if (peers === 0 && webSeeds > 0) return `none; ${formatCount(webSeeds, 'server')} with all of it`;
  const kinds = [
    `${swarm.seeders} complete`,
    `${swarm.willing} send`,
    ...(swarm.silent > 0 ? [`${swarm.silent} silent`] : []),
  ];
  return `${sendersOf({ peers, webSeeds })}: ${kinds.join(', ')}`;
}
