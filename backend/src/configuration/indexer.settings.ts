import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl, list } from './setting-values.js';

/** A name or password in it would end up in places where addresses are shown. */
const torznabUrl = httpUrl.refine((text) => {
  const { username, password } = new URL(text);
  return username === '' && password === '';
});

/** Where releases are looked for. */
export const indexerSettings = {
  YTS_API_URL: setting({
    title: 'YTS-compatible API',
    meaning: 'Base of a YTS-compatible API, up to and without /list_movies.json; several are tried in order',
    allowed: 'http or https addresses, separated by commas',
    group: 'indexers',
    live: true,
    question:
      'Address of an indexer to find releases with, up to and without /list_movies.json. You answer for the right ' +
      'to what it lists. Without one only the open films can be found.',
    schema: list(httpUrl)
      .optional()
      .transform((value) => value ?? []),
  }),
  TORZNAB_URLS: setting({
    title: 'Torznab endpoints',
    meaning:
      'Torznab endpoints (Jackett, Prowlarr), each with its apikey; others can be added on the page of the indexers',
    allowed: 'http or https addresses such as http://127.0.0.1:9696/1/api?apikey=..., separated by commas',
    group: 'indexers',
    live: true,
    secret: true,
    question:
      'Addresses of indexers in Jackett or Prowlarr, each with its key (...?apikey=...), separated by commas. You answer ' +
      'for the right to what they list. More of them can be added later, on the page of the indexers.',
    schema: list(torznabUrl)
      .optional()
      .transform((value) => value ?? []),
  }),
  INDEXER_ALLOWED_HOSTS: setting({
    title: 'Private hosts indexers may name',
    meaning: 'Hosts that links of indexers and web seeds may lead to although their address is private',
    allowed: 'host names or addresses, separated by commas',
    group: 'indexers',
    schema: list(z.string().regex(/^[A-Za-z0-9.:[\]-]{1,253}$/))
      .optional()
      .transform((value) => value ?? []),
  }),
};
