import { z } from 'zod';
import { EventLoopTurns } from './event-loop-turns.js';

// Lists that providers send. One odd row must not hide the others, and a list of a million rows must not cost a million
// checks: rows that do not fit are left out, and rows beyond a limit are not looked at.

const rows = z.custom<readonly unknown[]>((value) => Array.isArray(value), 'not a list');

/** A short list: checked in one go. @param most number of rows that are looked at */
export function listOf<T extends z.ZodType>(row: T, most: number) {
  return rows.transform((values) => values.slice(0, most).flatMap((raw) => usable(row, raw)));
}

/**
 * A list that may be long: checked in turns of the event loop. The schema that holds it has to be parsed with
 * `safeParseAsync`, as `HttpClient.getJson` does; only lists of up to 200 rows can also be parsed synchronously.
 * @param most number of rows that are looked at
 */
export function longListOf<T extends z.ZodType>(row: T, most: number) {
  return rows.transform((values): z.output<T>[] | Promise<z.output<T>[]> => {
    const looked = values.slice(0, most);
    return looked.length <= shortList ? looked.flatMap((raw) => usable(row, raw)) : inTurns(row, looked);
  });
}

const shortList = 200;

async function inTurns<T extends z.ZodType>(row: T, values: readonly unknown[]): Promise<z.output<T>[]> {
  const turns = new EventLoopTurns();
  const found: z.output<T>[] = [];
  for (const raw of values) {
    await turns.next();
    found.push(...usable(row, raw));
  }
  return found;
}

function usable<T extends z.ZodType>(row: T, raw: unknown): z.output<T>[] {
  const parsed = row.safeParse(raw);
  return parsed.success ? [parsed.data] : [];
}

/** Values of one field, and characters of a value, that are looked at. */
const mostTexts = 200;
const longestText = 50_000;

/** One text, one number or a list of them, as a list of texts. Whatever else is there is an empty list. */
export const texts = z
  .unknown()
  .optional()
  .transform((value): string[] =>
    (Array.isArray(value) ? (value.slice(0, mostTexts) as unknown[]) : [value]).flatMap((one) =>
      typeof one === 'string' || typeof one === 'number' ? [String(one).slice(0, longestText)] : [],
    ),
  );
