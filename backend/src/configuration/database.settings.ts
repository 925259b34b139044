import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';

const redisUrl = z.url({ protocol: /^rediss?$/ });

/** With a host and the name of a database; `?host=/run/postgresql` names a socket. */
const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, hostname: /^.*$/ })
  .refine((text) => URL.canParse(text) && new URL(text).pathname.length > 1);

/** Where what is known is kept, by one server or by several together. */
export const databaseSettings = {
  DATABASE_URL: setting({
    title: 'Database',
    meaning:
      'A PostgreSQL, which several servers may share; a SQLite file in DATA_DIR (kinora.sqlite) if unset',
    allowed: 'an address such as postgres://user:password@127.0.0.1:5432/kinora, or sqlite:',
    group: 'database',
    secret: true,
    keptInFile: true,
    question:
      'The file of its own is right for one server. For several, or where a PostgreSQL is looked after anyway, its\n' +
      'address: postgres://user:password@host:5432/name. Another database begins empty, with the first account made anew; kinora move-database brings everything along.',
    schema: z
      .union([z.literal('sqlite:'), postgresUrl])
      .optional()
      .transform((value) => (value === 'sqlite:' ? undefined : value)),
  }),
  CACHE_URL: setting({
    title: 'Redis or Valkey',
    meaning:
      'Redis or Valkey, over which several servers share what they remember and their rate limits; memory alone if unset',
    allowed: 'a redis or rediss address',
    group: 'cache',
    live: true,
    secret: true,
    question:
      'For several servers that share their limits, or to remember over a restart: an address such as\n' +
      'redis://127.0.0.1:6379. One server does well without.',
    schema: redisUrl.optional(),
  }),
};
