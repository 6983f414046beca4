import type { Entry } from '../http/outcome.ts';
import type { Report } from '../http/respond.ts';
import type { Loggable, Trace } from '../http/trace.ts';
import { toBatchLine } from './batch-line.ts';
import { isWithinBudget, needsLine, toCode, toErrorFields } from './counted.ts';
import { ExpiringKeys } from './expiring-keys.ts';
import { type HeartbeatSums, MinuteOfHeartbeats } from './heartbeat-sums.ts';
import { type KeyUse, KeyUses, type UseOutcome } from './key-uses.ts';
import { RefusalBudget, type SuppressedRefusals } from './refusal-budget.ts';
import { type Fields, Writer } from './writer.ts';

/** SWF recorded the heartbeat. */
const RECORDED: ReadonlySet<string> = new Set(['Recorded', 'CancelRequested']);

/** A rate limit of the relay was used up. */
const RATE_EXCEEDED: ReadonlySet<string> = new Set(['KeyThrottled', 'DomainThrottled']);

/**
 * Writes at most one line about a request, which is both log and metric. The outcome's code and each side event count as a
 * metric of that name, and so do those of each entry of a batch. The line names an error by class, code and reason. It never
 * contains the error's message or cause, or the event. Any request also writes what is due of the requests before it: the sums of
 * refusals and of heartbeats, and where keys were used from. The first request of a day with a key that ends soon writes a line for that.
 */
export function createReport(stackName: string, clock: () => number): Report {
  const budget = new RefusalBudget();
  const uses = new KeyUses();
  const minute = new MinuteOfHeartbeats();
  const expiring = new ExpiringKeys();
  let created: Writer | undefined;
  // Most containers start for a heartbeat that writes no line.
  const writer = (): Writer => (created ??= new Writer(stackName));
  return (outcome, trace, requestId) => {
    const nowMs = clock();
    const reported = { trace, requestId, nowMs, clock };
    if (outcome.kind === 'batch') writeBatch(writer, budget, outcome.entries, reported);
    else if (needsLine({ outcome, trace })) writeOutcome(writer(), budget, { outcome, ...reported });
    for (const use of uses.takeDue(nowMs)) writer().write('info', 'KeyUsed', toUseFields(use));
    const sums = minute.takeDue(nowMs);
    if (sums !== undefined) writeHeartbeatSums(writer(), sums);
    const { keyId, keyEndsAtMs, domain, sourceIp } = trace;
    for (const entry of outcome.kind === 'batch' ? outcome.entries : [{ outcome, trace }]) {
      const useOutcome = toUseOutcome(entry);
      const { swfCalls, pressure } = entry.trace;
      const isPaced = useOutcome === 'paced';
      if (pressure !== undefined) minute.count({ isPaced, isRecorded: isRecorded(entry), swfCalls, pressure }, nowMs);
      if (keyId !== undefined) uses.count({ keyId, domain, sourceIp, outcome: useOutcome }, nowMs);
    }
    if (keyId !== undefined && expiring.claimReport(keyId, keyEndsAtMs, nowMs)) {
      writeExpiry(writer(), keyId, keyEndsAtMs);
    }
    const summed = budget.takeSuppressed(nowMs);
    if (summed.length > 0) writeSums(writer(), summed);
  };
}

interface Reported {
  readonly trace: Trace;
  readonly requestId: string;
  /** The same for everything that counts: a window that started later than now would look as if the clock was set back. */
  readonly nowMs: number;
  readonly clock: () => number;
}

/**
 * A refusal of an unproven caller takes the same work whether it gets a line or is only counted. Otherwise the time of an answer
 * would tell whether the relay knows the claimed key, because a known key has a budget of its own.
 */
function writeOutcome(writer: Writer, budget: RefusalBudget, reported: Entry & Reported): void {
  const { outcome, trace, nowMs } = reported;
  const isLogged = isWithinBudget(budget, reported, nowMs);
  if (!isLogged && trace.claimedKeyId === undefined) return;
  const code = toCode(reported);
  const counts = new Map([code, ...trace.sideEvents].map((name) => [name, 1] as const));
  const fields = { ...toErrorFields(reported), ...toFields(reported) };
  if (isLogged) writer.write(outcome.kind === 'failed' ? 'error' : 'info', code, fields, counts);
  else writer.rehearse(code, fields, counts);
}

function writeBatch(writer: () => Writer, budget: RefusalBudget, entries: readonly Entry[], reported: Reported): void {
  const line = toBatchLine(entries, reported.trace.sideEvents, budget, reported.nowMs);
  // Logs Insights takes only so many fields of a line, so the list comes last.
  if (line !== undefined) writer().write(line.level, 'Batch', { ...toFields(reported), ...line.fields }, line.counts);
}

function toFields({ trace, requestId, clock }: Reported): Fields {
  const { domain, keyId, claimedKeyId, sourceIp, taskId, startedAtMs } = trace;
  const durationsMs = { ...trace.endSteps(), total: clock() - startedAtMs };
  return { domain, keyId, claimedKeyId, sourceIp, taskId, requestId, durationsMs };
}

function toUseOutcome({ outcome }: Entry): UseOutcome {
  if (outcome.kind === 'answered') return outcome.code === 'Paced' ? 'paced' : 'other';
  return RATE_EXCEEDED.has(outcome.error.code) ? 'throttled' : 'other';
}

function isRecorded({ outcome }: Entry): boolean {
  return outcome.kind === 'answered' && RECORDED.has(outcome.code);
}

/** One line, so that the share of paced heartbeats always has both of its parts. */
function writeHeartbeatSums(writer: Writer, { paced, recorded, forwarded, pressurePercent }: HeartbeatSums): void {
  const counts = { Paced: paced, Recorded: recorded, Forwarded: forwarded };
  writer.writeFairShare('HeartbeatsSummed', counts, { Pressure: pressurePercent });
}

function toUseFields({ firstAtMs, lastAtMs, ...use }: KeyUse): Fields {
  return { ...use, firstAt: new Date(firstAtMs).toISOString(), lastAt: new Date(lastAtMs).toISOString() };
}

/** Only about a proven key, so the time that the line takes tells a stranger nothing. */
function writeExpiry(writer: Writer, keyId: Loggable, endsAtMs: number): void {
  const fields = { keyId, endsAt: new Date(endsAtMs).toISOString() };
  writer.write('info', 'KeyExpiresSoon', fields, new Map([['KeyExpiresSoon', 1]]));
}

/** One line for all sums: more lines would show the next caller whether a key is known. */
function writeSums(writer: Writer, summed: readonly SuppressedRefusals[]): void {
  const counts = new Map<string, number>();
  for (const { code, count } of summed) counts.set(code, (counts.get(code) ?? 0) + count);
  writer.write('info', 'RefusalsSummed', { summed }, counts);
}
