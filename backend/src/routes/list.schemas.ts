import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, pageOf, pageQuery, problems } from './common.schemas.js';
import { mediaSummarySchema } from './media.schemas.js';

const nameSchema = z.string().trim().min(1).max(100);
const descriptionSchema = z.string().trim().max(2_000);
const noteSchema = z.string().trim().max(2_000);

export const listSchema = z
  .object({
    id: idSchema,
    kind: z.enum(['watchlist', 'own', 'tmdb', 'trakt']).openapi({
      description: '`tmdb` and `trakt` follow a list there: what is on them is changed there',
    }),
    name: z.string(),
    description: z.string(),
    shared: z.boolean().openapi({ description: 'The whole household sees it' }),
    own: z.boolean().openapi({ description: 'False: somebody else shares it; it can only be looked at' }),
    itemCount: z.number().int(),
    syncedAt: z.iso.datetime().nullable(),
    syncMessage: z.string().nullable().openapi({ description: 'Why the latest sync failed' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('List');

export const listItemSchema = z
  .object({ media: mediaSummarySchema, note: z.string(), addedAt: z.iso.datetime() })
  .openapi('ListItem');

const shared = { tags: ['lists'], security: [{ bearer: [] }] };
const body = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true as const,
});

const newListSchema = z
  .strictObject({
    name: nameSchema,
    description: descriptionSchema.optional(),
    shared: z.boolean().optional(),
  })
  .openapi('NewList');
const followedListSchema = z
  .strictObject({ tmdbList: z.string().trim().min(1).max(300) })
  .openapi('FollowedList', { description: 'A public list of TMDB, by its number or address' });

export const listsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/lists',
  summary: 'Own lists, the watchlist first, then those that others share',
  responses: { 200: json(z.object({ items: z.array(listSchema) }), 'Lists'), ...problems(401) },
});

export const createListRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/lists',
  summary: 'Make a list, or follow one of TMDB',
  request: { body: body(z.union([newListSchema, followedListSchema])) },
  responses: { 201: json(listSchema, 'The list'), ...problems(400, 401, 404, 409, 502, 504) },
});

export const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/lists/{id}',
  summary: 'A list and a page of what is on it',
  request: { params: idParams, query: pageQuery },
  responses: {
    200: json(
      pageOf(listItemSchema, 'ListItems').extend({ list: listSchema }).openapi('ListPage'),
      'The list',
    ),
    ...problems(400, 401, 404),
  },
});

export const updateListRoute = createRoute({
  ...shared,
  method: 'patch',
  path: '/lists/{id}',
  summary: 'Rename, describe or share an own list',
  request: {
    params: idParams,
    body: body(
      z
        .strictObject({
          name: nameSchema.optional(),
          description: descriptionSchema.optional(),
          shared: z.boolean().optional(),
        })
        .openapi('ListChanges'),
    ),
  },
  responses: { 200: json(listSchema, 'Changed'), ...problems(400, 401, 404, 409) },
});

export const deleteListRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/lists/{id}',
  summary: 'Delete an own list; the watchlist stays',
  request: { params: idParams },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 404, 409) },
});

export const syncListRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/lists/{id}/sync',
  summary: 'Bring a list into step with the one it follows, now',
  request: { params: idParams },
  responses: { 200: json(listSchema, 'In step'), ...problems(401, 404, 409, 502, 504) },
});

const itemParams = idParams.extend({
  itemId: idSchema.openapi({
    param: { name: 'itemId', in: 'path' },
    description: 'Id of the film or series',
  }),
});

export const putListItemRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/lists/{id}/items/{itemId}',
  summary: 'Put a title on a list, or change its note or place',
  request: {
    params: itemParams,
    body: {
      content: {
        'application/json': {
          schema: z
            .strictObject({
              note: noteSchema.optional(),
              index: z
                .number()
                .int()
                .min(0)
                .max(10_000)
                .optional()
                .openapi({ description: 'Place from 0; a new title goes to the end without' }),
            })
            .openapi('ListItemChanges'),
        },
      },
      required: false,
    },
  },
  responses: {
    200: json(listItemSchema, 'It was on the list already'),
    201: json(listItemSchema, 'It is on the list now'),
    ...problems(400, 401, 404, 409),
  },
});

export const deleteListItemRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/lists/{id}/items/{itemId}',
  summary: 'Take a title off a list',
  request: { params: itemParams },
  responses: { 204: { description: 'Taken off' }, ...problems(401, 404, 409) },
});
