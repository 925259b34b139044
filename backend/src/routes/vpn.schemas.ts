import { createRoute, z } from '@hono/zod-openapi';
import { json, problems } from './common.schemas.js';

export const vpnSchema = z
  .object({
    policy: z.enum(['off', 'warn', 'require']).openapi({
      description: 'With `require` torrent traffic leaves through the verified VPN or not at all',
    }),
    status: z.enum(['off', 'protected', 'unprotected', 'unknown']).openapi({
      description: '`unknown` (not asked yet, no answer, nonsense) is treated as `unprotected`',
    }),
    reason: z.string().openapi({ description: 'The status in one sentence' }),
    trafficAllowed: z.boolean().openapi({ description: 'Whether torrent traffic may leave right now' }),
    since: z.iso.datetime().openapi({ description: 'Since when the status holds' }),
    changedAt: z.iso.datetime().openapi({ description: 'When status, interface or address changed last' }),
    address: z.string().nullable().openapi({
      description: 'Public address as the provider sees it, and only for administrators',
    }),
    interface: z
      .object({ name: z.string(), address: z.string().nullable() })
      .nullable()
      .openapi({ description: 'What traffic is bound to; only for administrators' }),
    provider: z
      .object({
        name: z.string(),
        answer: z.enum(['protected', 'unprotected', 'unknown']),
        detail: z.string().nullable(),
        checkedAt: z.iso.datetime().nullable(),
      })
      .nullable()
      .openapi({ description: 'The last answer of the VPN provider; only for administrators' }),
    killSwitch: z
      .object({
        setBy: z.enum(['kinora', 'system', 'none']).openapi({
          description:
            '`kinora`: a firewall rule of the server; `system`: a rule of the operator or the VPN program',
        }),
        reason: z.string().openapi({ description: 'The same in one sentence' }),
      })
      .nullable()
      .openapi({
        description:
          'What keeps packets in the VPN that no socket sends; null while there is none to keep them in, and only for administrators',
      }),
  })
  .openapi('Vpn');

export const vpnRoute = createRoute({
  method: 'get',
  path: '/vpn',
  tags: ['vpn'],
  security: [{ bearer: [] }],
  summary: 'Whether torrent traffic is protected, and since when',
  responses: { 200: json(vpnSchema, 'The state of the VPN'), ...problems(401) },
});

export const checkVpnRoute = createRoute({
  method: 'post',
  path: '/vpn/check',
  tags: ['vpn'],
  security: [{ bearer: [] }],
  summary: 'Check the VPN now',
  responses: { 200: json(vpnSchema, 'What was found'), ...problems(401, 403, 429) },
});
