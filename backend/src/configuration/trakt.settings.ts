import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl } from './setting-values.js';

/** The application at Trakt over which people connect their accounts. */
export const traktSettings = {
  TRAKT_CLIENT_ID: setting({
    title: 'Trakt client id',
    meaning: 'Client id of an application at Trakt; with it everyone can connect their own account',
    allowed: 'an id as Trakt shows it',
    group: 'accounts',
    live: true,
    question:
      'With an application of your own at trakt.tv (Settings, Your API apps) everyone here can connect their account ' +
      'there. Without one Kinora keeps what was watched to itself.',
    schema: z
      .string()
      .regex(/^[\w-]{8,128}$/)
      .optional(),
  }),
  TRAKT_CLIENT_SECRET: setting({
    title: 'Trakt client secret',
    meaning: 'Secret of that application',
    allowed: 'a secret as Trakt shows it',
    group: 'accounts',
    live: true,
    secret: true,
    question: 'Shown beside the client id. Trakt is on once both are set; without an id leave it empty.',
    schema: z
      .string()
      .regex(/^[\w-]{8,128}$/)
      .optional(),
  }),
  TRAKT_API_URL: setting({
    title: 'Trakt address',
    meaning: 'Where the Trakt API lives',
    allowed: 'an http or https address',
    group: 'accounts',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://api.trakt.tv'),
  }),
  TRAKT_AUTH_URL: setting({
    title: 'Trakt sign-in address',
    meaning: 'Where Trakt signs people in',
    allowed: 'an http or https address',
    group: 'accounts',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://auth.trakt.tv'),
  }),
};
