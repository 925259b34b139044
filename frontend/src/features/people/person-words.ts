import type { MediaSummary, Person } from '../../api/types.js';

/** "Acting · 4 May 1970, Berlin". */
export function lifeWords({ knownFor, birthday, deathday, birthplace }: Person): string {
  const born = [birthday === null ? '' : day(birthday), birthplace ?? ''].filter((part) => part !== '');
  const died = deathday === null ? '' : `died ${day(deathday)}`;
  return [knownFor ?? '', born.join(', '), died].filter((part) => part !== '').join(' · ');
}

/** Each title once, with everything somebody did for it, in the order of the work. */
export function titlesOf(work: Person['work']): { title: MediaSummary; roles: string }[] {
  const byTitle = new Map<string, { title: MediaSummary; roles: string[] }>();
  for (const { title, role } of work) {
    const known = byTitle.get(title.id) ?? { title, roles: [] };
    if (role !== '' && !known.roles.includes(role)) known.roles.push(role);
    byTitle.set(title.id, known);
  }
  return [...byTitle.values()].map(({ title, roles }) => ({ title, roles: roles.join(', ') }));
}

function day(date: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));
}
