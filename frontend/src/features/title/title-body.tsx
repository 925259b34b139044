import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useApi } from '../../api/client.js';
import type { Movie, Show } from '../../api/types.js';
import { webAddress } from '../../ui/addresses.js';
import { buttonClass } from '../../ui/button.js';
import { OutsideLink } from '../../ui/outside-link.js';
import { PersonCard } from '../../ui/person-card.js';
import { PosterCard } from '../../ui/poster-card.js';
import { Row } from '../../ui/row.js';
import { Notice } from '../../ui/states.js';
import { type Maker, makersOf } from './makers.js';
import { similarTo } from './title.queries.js';
import styles from './title-body.module.css';

interface TitleBodyProps {
  media: Movie | Show;
  /** Between the words and the people: the seasons of a series. */
  children?: ReactNode;
}

const CAST_SHOWN = 20;
const VIDEOS_SHOWN = 4;

/** Everything under the top of a title's page. */
export function TitleBody({ media, children }: TitleBodyProps) {
  return (
    <>
      <div className={styles['body']}>
        {media.stale && (
          <div className={styles['notice']}>
            <Notice>The catalogue&rsquo;s provider does not answer. This is what was known before.</Notice>
          </div>
        )}
        <About media={media} />
        <Aside media={media} />
      </div>
      <div className={styles['rows']}>
        {children}
        <Cast media={media} />
        <Similar media={media} />
      </div>
    </>
  );
}

function About({ media: { tagline, overview, type } }: { media: Movie | Show }) {
  const unknown = `Nothing is known about this ${type === 'movie' ? 'film' : 'series'} yet.`;
  return (
    <section aria-label="Overview">
      {tagline !== '' && (
        <p className={styles['tagline']} dir="auto">
          {tagline}
        </p>
      )}
      <p className={styles['overview']} dir="auto">
        {overview === '' ? unknown : overview}
      </p>
    </section>
  );
}

function Aside({ media }: { media: Movie | Show }) {
  const makers = useMemo(() => makersOf(media), [media]);
  const videos = media.videos.slice(0, VIDEOS_SHOWN);
  const licence = media.type === 'movie' ? webAddress(media.licenseUrl) : null;
  if (makers.length === 0 && videos.length === 0 && licence === null) return null;
  return (
    <aside aria-label="More facts">
      {makers.map((maker) => (
        <Makers key={maker.words} maker={maker} />
      ))}
      {videos.length > 0 && (
        <section className={styles['section']}>
          <h2 className={styles['sub']}>Trailers</h2>
          <ul className={styles['videos']}>
            {videos.map(({ url, name, site }) => (
              <li key={url}>
                <Outside url={url} label={`${name}, at ${site}`}>
                  {name}
                </Outside>
              </li>
            ))}
          </ul>
        </section>
      )}
      {licence !== null && (
        <section className={styles['section']}>
          <h2 className={styles['sub']}>Licence</h2>
          <Outside url={licence} label={`${new URL(licence).hostname}, the licence of this film`}>
            {new URL(licence).hostname}
          </Outside>
        </section>
      )}
    </aside>
  );
}

function Makers({ maker: { words, people } }: { maker: Maker }) {
  return (
    <section className={styles['section']}>
      <h2 className={styles['sub']}>{words}</h2>
      <p className={styles['names']} dir="auto">
        {people.map(({ name, personId }, index) => (
          <span key={name}>
            {index > 0 && ', '}
            {personId === null ? (
              name
            ) : (
              <Link to="/people/$id" params={{ id: personId }}>
                {name}
              </Link>
            )}
          </span>
        ))}
      </p>
    </section>
  );
}

function Outside({ url, label, children }: { url: string; label: string; children: ReactNode }) {
  return (
    <OutsideLink url={url} label={label} className={buttonClass({ look: 'quiet' })}>
      <ExternalLink aria-hidden />
      {children}
    </OutsideLink>
  );
}

function Cast({ media }: { media: Movie | Show }) {
  const people = media.credits.cast.slice(0, CAST_SHOWN);
  if (people.length === 0) return null;
  return (
    <Row id="cast" title="Cast" shape="round">
      {people.map(({ personId, name, role, profileUrl }) => (
        <li key={`${personId}:${role}`}>
          <PersonCard
            id={personId}
            name={name}
            role={role}
            profileUrl={profileUrl}
            place={`cast:${personId}`}
          />
        </li>
      ))}
    </Row>
  );
}

/** Nothing while there is none: the page is whole without. */
function Similar({ media: { id, type } }: { media: Movie | Show }) {
  const api = useApi();
  const { data } = useQuery(similarTo(api, type, id));
  if (!data || data.items.length === 0) return null;
  return (
    <Row id="similar" title="More like this">
      {data.items.map((item) => (
        <li key={item.id}>
          <PosterCard media={item} place={`similar:${item.id}`} />
        </li>
      ))}
    </Row>
  );
}
