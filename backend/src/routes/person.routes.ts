import type { PeopleService } from '../services/media/people.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { personRoute } from './media.schemas.js';
import { presentMediaSummary, presentPersonSummary } from './movie.presenter.js';

export interface PersonRoutesOptions {
  people: PeopleService;
}

export function createPersonRoutes({ people }: PersonRoutesOptions) {
  return createApi().openapi(personRoute, async (context) => {
    const { person, work, stale } = await people.getPerson(context.req.valid('param').id, readerOf(context));
    const { biography, birthday, deathday, birthplace } = person;
    context.header('Vary', 'Accept-Language', { append: true });
    return context.json(
      {
        ...presentPersonSummary(person),
        biography,
        birthday,
        deathday,
        birthplace,
        work: work.map(({ kind, role, title }) => ({ kind, role, title: presentMediaSummary(title) })),
        stale,
      },
      200,
    );
  });
}
