import type { z } from 'zod';
import type { TraktClient, TraktPage } from './trakt.client.js';
import type { TraktCalls } from './trakt-calls.js';

export interface TraktPagesOptions {
  client: TraktClient;
  calls: TraktCalls;
}

/** Reads a whole path page by page, at most `most` rows of it. */
export class TraktPages {
  constructor(private readonly options: TraktPagesOptions) {}

  /** One page after another, as they come. Errors: `TraktError`s. */
  async *read<T extends z.ZodType>(
    userId: string,
    path: string,
    row: T,
    { most, signal }: { most: number; signal: AbortSignal },
  ): AsyncGenerator<TraktPage<z.output<T>>> {
    const { client, calls } = this.options;
    let received = 0;
    for (let page = 1, pages = 1; page <= pages && received < most; page += 1) {
      signal.throwIfAborted();
      const answer = await calls.read(
        userId,
        (token) => client.getPage(token, path, row, page, signal),
        signal,
      );
      received += answer.received;
      // A page that is empty is the last one, whatever its headers say.
      pages = answer.received === 0 ? page : answer.pages;
      yield answer;
    }
  }

  /** All of them, and whether Trakt sent as many as it says there are. */
  async all<T extends z.ZodType>(
    userId: string,
    path: string,
    row: T,
    limits: { most: number; signal: AbortSignal },
  ): Promise<{ rows: z.output<T>[]; isWhole: boolean }> {
    const rows: z.output<T>[] = [];
    let received = 0;
    let items = 0;
    for await (const page of this.read(userId, path, row, limits)) {
      rows.push(...page.rows);
      received += page.received;
      items = page.items;
    }
    return { rows, isWhole: received >= items };
  }
}
