import type { Entry, Failure, SuccessCode } from '../http/outcome.ts';
import type { Trace } from '../http/trace.ts';
import type { RefusalBudget } from './refusal-budget.ts';
import type { Fields } from './writer.ts';

/** They are many, and the gateway's and Lambda's metrics count them already. */
const UNLOGGED: ReadonlySet<SuccessCode> = new Set(['Recorded', 'Paced', 'Healthy']);

export function needsLine({ outcome, trace }: Entry): boolean {
  return outcome.kind !== 'answered' || !UNLOGGED.has(outcome.code) || trace.sideEvents.size > 0;
}

/** Whether the budget for refusals has room for one more line. It limits nothing else. */
export function isWithinBudget(budget: RefusalBudget, { outcome, trace }: Entry, nowMs: number): boolean {
  return outcome.kind !== 'refused' || tryConsume(budget, outcome, trace, nowMs);
}

function tryConsume(
  budget: RefusalBudget,
  { error }: Failure,
  { keyId, claimedKeyId, isKnownKey }: Trace,
  nowMs: number,
): boolean {
  const known = isKnownKey ? { keyId, claimedKeyId } : {};
  return budget.tryConsume({ code: error.code, reason: error.logReason ?? error.message, ...known }, nowMs);
}

export function toCode({ outcome }: Entry): string {
  return outcome.kind === 'answered' ? outcome.code : outcome.error.code;
}

/** Names an error by class, reason and fault, never by its message or cause. */
export function toErrorFields({ outcome }: Pick<Entry, 'outcome'>): Fields {
  if (outcome.kind === 'answered') return {};
  const { error, faultName } = outcome;
  return { error: error.name, reason: error.logReason, fault: faultName };
}
