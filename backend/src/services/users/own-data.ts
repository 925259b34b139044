import type { AuditEvent } from '../../entities/audit-event.entity.js';
import {
  type OwnDataRepository,
  type OwnDataRow,
  type OwnDataSection,
  ownDataSections,
} from '../../repositories/own-data.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Principal } from '../auth/principal.js';

/** Areas of the audit log in which others act on an account. */
const areasAboutOthers = ['user', 'factor', 'session'];

/** A copy of everything stored about an account, for its owner. */
export class OwnData {
  constructor(
    private readonly rows: OwnDataRepository,
    private readonly audit: AuditLogService,
    private readonly now: () => number,
  ) {}

  /**
   * Streams a JSON object with an array for each kind of data. Nothing is read before it is asked for, and no more than
   * a page is held in memory. Secrets (hashes, keys, tokens) are left out.
   */
  async export(principal: Principal, origin: RequestOrigin): Promise<AsyncGenerator<string>> {
    await this.audit.record({
      action: 'account.exported',
      outcome: 'ok',
      actor: { id: principal.userId, name: principal.username },
      origin,
      detail: {},
    });
    return this.write(principal.userId);
  }

  private async *write(userId: string): AsyncGenerator<string> {
    yield `{"exportedAt":${JSON.stringify(new Date(this.now()))}`;
    const listIds: string[] = [];
    for (const name of Object.keys(ownDataSections).filter(isSection)) {
      yield `,\n${JSON.stringify(name)}:[`;
      const pages = name === 'listItems' ? this.listItems(listIds) : this.rows.list(name, userId);
      yield* elements(pages, (row) => {
        if (name === 'lists' && typeof row['id'] === 'string') listIds.push(row['id']);
      });
      yield ']';
    }
    yield ',\n"auditEvents":[';
    yield* elements(this.auditEvents(userId));
    yield ']}\n';
  }

  private async *listItems(listIds: readonly string[]): AsyncGenerator<OwnDataRow[]> {
    for (const id of listIds) yield* this.rows.list('listItems', id);
  }

  /** What the account did, and what others did to it; of those, not where they were. */
  private async *auditEvents(userId: string): AsyncGenerator<OwnDataRow[]> {
    for await (const page of this.audit.export({ actorId: userId })) yield page.map(presentOwnEvent);
    for (const action of areasAboutOthers) {
      for await (const page of this.audit.export({ action })) {
        const about = page.filter(({ actorId, detail }) => detail['userId'] === userId && actorId !== userId);
        yield about.map((event) => ({ ...presentOwnEvent(event), address: null }));
      }
    }
  }
}

async function* elements(
  pages: AsyncGenerator<OwnDataRow[]>,
  onRow: (row: OwnDataRow) => void = () => undefined,
): AsyncGenerator<string> {
  let separator = '\n';
  for await (const page of pages) {
    page.forEach(onRow);
    if (page.length === 0) continue;
    yield separator + page.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
}

function presentOwnEvent({ at, action, outcome, actorName, address, detail }: AuditEvent): OwnDataRow {
  return { at, action, outcome, actorName, address, detail };
}

function isSection(name: string): name is OwnDataSection {
  return name in ownDataSections;
}
