import { createHash } from 'node:crypto';
import type { AuditChain } from '../../entities/audit-chain.entity.js';
import type { AuditEvent } from '../../entities/audit-event.entity.js';

/** What an event's hash stands for: itself, its place, and through the hash before it everything earlier. */
export function linkHash(previousHash: string, event: Omit<AuditEvent, 'hash'>): string {
  const { position, id, at, action, outcome, actorId, actorName, address, requestId, detail } = event;
  const fields = [
    position,
    id,
    at.getTime(),
    action,
    outcome,
    actorId,
    actorName,
    address,
    requestId,
    detail,
  ];
  return createHash('sha256')
    .update(JSON.stringify([previousHash, ...fields]))
    .digest('hex');
}

/** Whether the log is as it was written. */
export type ChainVerdict =
  | { intact: true; checked: number; headHash: string }
  /** `position` is the first place that is not as it should be. */
  | { intact: false; checked: number; position: number; fault: 'removed' | 'changed' | 'cut-off' };

/** Walks a log from its beginning to its end. `pages` gives its events in order. */
export async function verifyChain(
  chain: AuditChain,
  pages: AsyncIterable<readonly AuditEvent[]>,
): Promise<ChainVerdict> {
  let [position, hash] = [chain.basePosition, chain.baseHash];
  let checked = 0;
  for await (const page of pages) {
    for (const event of page) {
      // Written after the end was read.
      if (event.position > chain.headPosition) break;
      position += 1;
      if (event.position !== position) return { intact: false, checked, position, fault: 'removed' };
      hash = linkHash(hash, event);
      if (hash !== event.hash) return { intact: false, checked, position, fault: 'changed' };
      checked += 1;
    }
  }
  if (position !== chain.headPosition)
    return { intact: false, checked, position: position + 1, fault: 'cut-off' };
  if (hash !== chain.headHash) return { intact: false, checked, position, fault: 'changed' };
  return { intact: true, checked, headHash: hash };
}
