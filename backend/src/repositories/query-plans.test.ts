import { expect, test } from '@jest/globals';
import { openTestDatabase } from '../test-support/database.js';

// What the repositories ask for on every request or page. A plan that scans a table grows with the library.
const queries = {
  'user by name': `SELECT * FROM users WHERE usernameKey = 'a'`,
  'is there an administrator': `SELECT 1 FROM users WHERE role = 'admin' LIMIT 1`,
  'session with its user': `SELECT * FROM sessions LEFT JOIN users ON users.id = sessions.userId WHERE sessions.id = 'a'`,
  'live sessions of a user': `SELECT * FROM sessions WHERE userId = 'a' AND revokedAt IS NULL AND expiresAt > 1 ORDER BY lastUsedAt DESC`,
  'expired sessions': `SELECT id FROM sessions WHERE expiresAt <= 1`,
  'films by our id': `SELECT * FROM movies WHERE id IN ('a', 'b')`,
  'films by TMDB id': `SELECT * FROM movies WHERE tmdbId IN (1, 2)`,
  'sources of a film': `SELECT * FROM sources WHERE movieId = 'a'`,
  'sources of an episode': `SELECT * FROM sources WHERE episodeId = 'a'`,
  'sources of a torrent': `SELECT * FROM sources WHERE infoHash = 'a'`,
  'searches that are due': `SELECT * FROM source_searches WHERE dueAt <= 5 AND viewedAt > 1 ORDER BY dueAt LIMIT 20`,
  'who played a torrent': `SELECT * FROM torrent_uses INNER JOIN users ON users.id = torrent_uses.userId WHERE infoHash IN ('a', 'b')`,
  'events of titles': `SELECT * FROM watch_events WHERE userId = 'a' AND titleKey IN ('a', 'b')`,
  'events of an act': `SELECT * FROM watch_events WHERE userId = 'a' AND changeId = 'b'`,
  'where somebody stands with a title': `SELECT * FROM watch_states WHERE userId = 'a' AND mediaId = 'b'`,
  'what somebody was at last': `SELECT * FROM watch_states WHERE userId = 'a' AND lastActivityAt IS NOT NULL ORDER BY lastActivityAt DESC LIMIT 20`,
  'history, latest first': `SELECT * FROM watch_plays WHERE userId = 'a' ORDER BY watchedAt DESC, id DESC LIMIT 20`,
  'plays of titles': `SELECT * FROM watch_plays WHERE userId = 'a' AND titleKey IN ('a', 'b')`,
  'what Trakt has to be told by a user': `SELECT * FROM trakt_outbox WHERE userId = 'a' ORDER BY id LIMIT 50`,
  'who has something for Trakt': `SELECT userId FROM trakt_outbox WHERE state IN ('waiting', 'sending') AND dueAt <= 1`,
  'titles by the ids of Trakt': `SELECT * FROM trakt_titles WHERE type = 'movie' AND traktId IN (1, 2)`,
  'kept torrent': `SELECT * FROM stored_torrents WHERE infoHash = 'a'`,
  'runs of a job': `SELECT * FROM job_runs WHERE jobName = 'a' ORDER BY startedAt DESC, id DESC LIMIT 20`,
  'series by TMDB id': `SELECT * FROM shows WHERE tmdbId IN (1, 2)`,
  'seasons of a series': `SELECT * FROM seasons WHERE showId = 'a' ORDER BY number`,
  'episodes of a season': `SELECT * FROM episodes WHERE showId = 'a' AND seasonNumber = 1 ORDER BY number`,
  'who is in a title': `SELECT * FROM credits WHERE mediaId = 'a' ORDER BY kind, position`,
  'what somebody did': `SELECT * FROM credits WHERE personId = 'a'`,
  'texts in a language': `SELECT * FROM translations WHERE mediaId IN ('a', 'b') AND language = 'it'`,
  'own lists': `SELECT * FROM lists WHERE ownerId = 'a' ORDER BY createdAt`,
  'what is on a list': `SELECT * FROM list_items WHERE listId = 'a' ORDER BY position, mediaId LIMIT 20`,
  'own lists that hold a title': `SELECT i.listId FROM list_items i JOIN lists l ON l.id = i.listId WHERE i.mediaId = 'a' AND l.ownerId = 'b'`,
  'series whose episode was due': `SELECT * FROM shows WHERE nextAirDate <= '2026-11-22' ORDER BY nextAirDate, id LIMIT 20`,
  'films not asked for in long': `SELECT * FROM movies WHERE detailsFetchedAt < 5 ORDER BY detailsFetchedAt LIMIT 20`,
  'audit log, latest first': `SELECT * FROM audit_events ORDER BY position DESC LIMIT 20`,
  'audit log of one action': `SELECT * FROM audit_events WHERE action = 'a' ORDER BY position DESC LIMIT 20`,
  'audit log of one person': `SELECT * FROM audit_events WHERE actorId = 'a' ORDER BY position DESC LIMIT 20`,
  'audit log after a place': `SELECT * FROM audit_events WHERE position > 5 ORDER BY position LIMIT 20`,
  'latest old audit event': `SELECT position FROM audit_events WHERE at < 5 ORDER BY at DESC LIMIT 1`,
};

test.each(Object.entries(queries))('%s is found by an index and needs no sorting', async (_, sql) => {
  const { database, dispose } = await openTestDatabase();
  const plan = await database.reader.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`);
  for (const { detail } of plan) {
    expect(detail).toMatch(/^(SEARCH|SCAN audit_events USING INDEX)/);
    expect(detail).not.toContain('TEMP B-TREE');
  }
  await dispose();
});
