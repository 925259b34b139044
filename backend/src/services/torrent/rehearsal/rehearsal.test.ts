import { expect, it } from '@jest/globals';
import { rehearse } from './rehearsal.js';
import { standInFilm } from './stand-in-film.js';

it('plays a film to itself, with the metadata from its peers, and leaves no socket open', async () => {
  const before = openSockets();
  expect(await rehearse()).toBe(standInFilm().bytes.length);
  // Sockets that are closed are gone from the list a turn later.
  while (openSockets() > before) await new Promise((resolve) => setImmediate(resolve));
}, 60_000);

it('never plays the same film twice, so that nobody can know its info-hash', () => {
  expect(standInFilm().infoHash).not.toBe(standInFilm().infoHash);
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name)).length;
}
