import { z } from 'zod';
import { logLevels } from '../logging/logger.js';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl, list, port } from './setting-values.js';

/** Where the server is reached, where it keeps its things, and what it says. */
export const serverSettings = {
  HOST: setting({
    title: 'Address to listen on',
    meaning: 'Address to listen on',
    allowed: 'an IP address or host name',
    group: 'server',
    schema: z.string().default('0.0.0.0'),
  }),
  PORT: setting({
    title: 'Port',
    meaning: 'Port to listen on; 0 takes any free one',
    allowed: 'a number from 0 to 65535',
    group: 'server',
    question: 'Where browsers reach this server.',
    schema: port.optional().transform((value) => value ?? 8787),
  }),
  PUBLIC_URL: setting({
    title: 'Public address',
    meaning: 'The address people type, when behind a proxy; with https cookies are Secure',
    allowed: 'an http or https address',
    group: 'server',
    schema: httpUrl.optional(),
  }),
  TRUSTED_PROXIES: setting({
    title: 'Trusted proxies',
    meaning: 'Proxies whose X-Forwarded-For is believed',
    allowed: 'addresses or CIDR ranges, separated by commas',
    group: 'server',
    schema: list(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
      .optional()
      .transform((value) => value ?? []),
  }),
  ALLOWED_HOSTS: setting({
    title: 'Allowed host names',
    meaning: 'Names this server is reached by, besides PUBLIC_URL, addresses and local names',
    allowed: 'host names, separated by commas',
    group: 'server',
    schema: list(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/))
      .optional()
      .transform((value) => value ?? []),
  }),
  SECURITY_CONTACT: setting({
    title: 'Security contact',
    meaning:
      'Who to tell about flaws of this server; published in /.well-known/security.txt, which is absent without it',
    allowed: 'a mailto: or https: address',
    group: 'server',
    // An address of RFC 3986 has neither spaces nor control characters nor letters beyond ASCII.
    schema: z
      .string()
      .max(500)
      .regex(/^[!-~]+$/)
      .pipe(z.url({ protocol: /^(mailto|https)$/ }))
      .optional(),
  }),
  DATA_DIR: setting({
    title: 'Data folder',
    meaning: 'Where the database, secrets and pieces live',
    allowed: 'a folder that can be written',
    group: 'server',
    fixed: 'It says where the settings themselves are kept; set it as a variable or a flag.',
    schema: z.string().min(1).default('./data'),
  }),
  LOG_LEVEL: setting({
    title: 'Log level',
    meaning: 'How much is logged',
    allowed: logLevels.join(', '),
    group: 'server',
    live: true,
    choices: logLevels,
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(logLevels))
      .optional()
      .transform((value) => value ?? 'info'),
  }),
};
