import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { fc } from '../../test-support/properties.js';
import {
  sendFile,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamHandler,
} from '../../test-support/upstream.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { createCatalogue } from '../media/catalogue.js';
import { LayeredMetadataProvider } from '../media/layered.metadata-provider.js';
import { OpenFilmsMetadataProvider } from '../media/open-films/open-films.metadata-provider.js';
import { ArchiveClient } from './archive.client.js';
import { freeLicense, secondsOf, toArchiveDetails, toArchiveSummary } from './archive.mapper.js';
import { ArchiveMetadataProvider } from './archive.metadata-provider.js';
import { archiveMetadataSchema, archiveSearchSchema } from './archive.schemas.js';

const fixture = (name: string) => new URL(`./__fixtures__/${name}`, import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(fixture(name), 'utf8'));
const films = (page: 1 | 2) =>
  archiveSearchSchema.parse(read(`advancedsearch.page-${page}.json`)).response.docs.map(toArchiveSummary);
const item = (name: string) => toArchiveDetails(archiveMetadataSchema.parse(read(`metadata.${name}.json`)));

describe('what the Archive says', () => {
  it('is read where one value is text and several are a list', () => {
    const metropolis = films(2).find((film) => film?.archiveId === 'metropolis_1927_fixture');
    expect(metropolis).toMatchObject({
      title: 'Metropolis',
      year: 1927,
      posterPath: 'archive:metropolis_1927_fixture.jpg',
    });
    expect(films(2).find((film) => film?.archiveId === 'the_general_1926_fixture')?.year).toBeNull();
  });

  it('is left out without a free licence', () => {
    expect(films(1).some((film) => film?.archiveId === 'sintel_fixture')).toBe(false);
    expect(freeLicense(['https://example.org/all-rights-reserved'])).toBeNull();
    expect(freeLicense(['https://creativecommons.org.evil.example/licenses/by/3.0/'])).toBeNull();
  });

  it('tells how long a film is, as seconds or as a clock', () => {
    expect(item('night_of_the_living_dead_fixture')).toMatchObject({ runtimeSeconds: 5761 });
    expect([secondsOf('5764.27'), secondsOf('1:36:04'), secondsOf('36:04')]).toEqual([5764.27, 5764, 2164]);
    expect(['', 'long', '0', '1:2:3:4', undefined].map(secondsOf)).toEqual([null, null, null, null, null]);
  });

  it('is nothing for an item that is not there or was withdrawn', () => {
    expect([item('none'), item('dark')]).toEqual([null, null]);
  });

  it('holds HTML, of which only the text is kept (T28)', () => {
    const given = { identifier: 'a', title: 'A', licenseurl: 'https://creativecommons.org/licenses/by/4.0/' };
    const docs = [{ ...given, description: '<p onclick="x()">A &amp; <b>B</b></p><script>evil()</script>' }];
    const { response } = archiveSearchSchema.parse({ response: { numFound: 1, docs } });
    expect(response.docs.map(toArchiveSummary)[0]?.overview).toBe('A & B');
  });

  it('survives anything in any field (F05)', () => {
    const [good] = (read('advancedsearch.page-1.json') as { response: { docs: object[] } }).response.docs;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(good ?? {})), fc.anything(), (key, value) => {
        const docs = [{ ...good, [key]: value }, good];
        const { response } = archiveSearchSchema.parse({ response: { numFound: 2, docs } });
        expect(response.docs.map(toArchiveSummary).at(-1)?.title).toBe('Big Buck Bunny');
      }),
    );
  });
});

describe('without a TMDB token', () => {
  let kept: TestDatabase;
  let upstream: Upstream;
  let http: HttpClient;
  let catalogue: ReturnType<typeof createCatalogue>;

  const archive: UpstreamHandler = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://archive');
    const page = url.searchParams.get('page');
    const file = url.pathname.startsWith('/metadata/night')
      ? 'metadata.night_of_the_living_dead_fixture.json'
      : url.pathname.startsWith('/metadata/')
        ? 'metadata.none.json'
        : page === '1'
          ? 'advancedsearch.page-1.json'
          : 'advancedsearch.empty.json';
    sendFile(fixture(file))(request, response);
  };

  beforeEach(async () => {
    kept = await openTestDatabase();
    upstream = await startUpstream(archive);
    http = new HttpClient({
      provider: 'Internet Archive',
      userAgent: 'Kinora/test',
      logger: silentLogger(),
      retry: { attempts: 1, baseMs: 1, capMs: 1 },
    });
    const client = new ArchiveClient(http, upstream.url);
    catalogue = createCatalogue({
      database: kept.database,
      provider: new LayeredMetadataProvider(new OpenFilmsMetadataProvider(), [
        new ArchiveMetadataProvider(client),
      ]),
      archive: () => client,
      cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })] }),
      logger: silentLogger(),
    });
  });
  afterEach(async () => {
    await http.close();
    await upstream.stop();
    await kept.dispose();
  });
  const take = () => catalogue.archive.takeCatalogue(new AbortController().signal);

  it('home, search, discover and film pages show what the Archive offers', async () => {
    await take();
    const home = await catalogue.home.getHome();
    const free = home.rows.find(({ id }) => id === 'public-domain');
    expect(free?.items.map(({ title }) => title)).toContain('Night of the Living Dead');
    const found = await catalogue.media.search({ query: 'living nigth', page: 1 });
    expect(found.items[0]?.title).toBe('Night of the Living Dead');
    const page = await catalogue.discover.discover({ archived: true, sort: 'title', page: 1 });
    expect(page.items.map(({ title }) => title)).toContain('Night of the Living Dead');
    const movie = await catalogue.media.getMovie(found.items[0]?.id ?? '');
    expect(movie).toMatchObject({ runtimeSeconds: 5761, stale: false });
    expect(movie.licenseUrl).toContain('creativecommons.org');
  });

  it('an Archive that is down, empty or talks nonsense takes nothing away (F01, F05)', async () => {
    await take();
    const before = await catalogue.titles.list({ archived: true }, { sort: 'title', page: 1, pageSize: 50 });
    const answers: UpstreamHandler[] = [
      sendJson({}, 500),
      sendFile(fixture('advancedsearch.error.json')),
      sendFile(fixture('advancedsearch.empty.json')),
      sendJson('<html>maintenance</html>'),
    ];
    for (const answer of answers) {
      upstream.answer(answer);
      await take().catch(() => undefined);
    }
    expect(await catalogue.titles.list({ archived: true }, { sort: 'title', page: 1, pageSize: 50 })).toEqual(
      before,
    );
    expect(before.total).toBeGreaterThan(2);
  });
});
