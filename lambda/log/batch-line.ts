import type { Entry } from '../http/outcome.ts';
import type { SideEvent } from '../http/trace.ts';
import { isWithinBudget, needsLine, toCode, toErrorFields } from './counted.ts';
import type { RefusalBudget } from './refusal-budget.ts';
import type { Fields } from './writer.ts';

/** What the one line about a batch says, and what it counts. */
export interface BatchLine {
  readonly level: 'info' | 'error';
  readonly fields: Fields;
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Counts each entry that would have a line if it came alone, and names them in one line: at most 100, about 20 KB. The budget for
 * refusals holds for entries, too, so that a batch is no way to fill the log.
 *
 * @param sideEvents of the request itself.
 * @returns undefined if the batch needs no line.
 */
export function toBatchLine(
  entries: readonly Entry[],
  sideEvents: ReadonlySet<SideEvent>,
  budget: RefusalBudget,
  nowMs: number,
): BatchLine | undefined {
  const named = entries.filter((entry) => needsLine(entry) && isWithinBudget(budget, entry, nowMs));
  if (named.length === 0 && sideEvents.size === 0) return undefined;
  const counts = new Map<string, number>();
  const events = named.flatMap((entry) => [toCode(entry), ...entry.trace.sideEvents]);
  for (const name of [...events, ...sideEvents]) counts.set(name, (counts.get(name) ?? 0) + 1);
  const failed = named.find(({ outcome }) => outcome.kind === 'failed');
  const worst = failed ?? named.find(({ outcome }) => outcome.kind === 'refused');
  const fields = { ...(worst === undefined ? {} : toErrorFields(worst)), heartbeats: named.map(toNamed) };
  return { level: failed === undefined ? 'info' : 'error', fields, counts };
}

function toNamed(entry: Entry): Fields {
  const { reason, fault } = toErrorFields(entry);
  const { taskId, sideEvents } = entry.trace;
  return {
    code: toCode(entry),
    reason,
    fault,
    taskId,
    ...(sideEvents.size > 0 ? { sideEvents: [...sideEvents] } : {}),
  };
}
