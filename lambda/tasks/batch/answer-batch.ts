import type { RelayError } from '../../http/errors.ts';
import { RetryableError } from '../../http/errors.ts';
import { toNativeResult, toProblem } from '../../http/native-answer.ts';
import { type Entry, toFailure } from '../../http/outcome.ts';
import type { Answer } from '../../http/route.ts';
import { toMembers } from '../heartbeat-answer.ts';
import { parseNativeHeartbeat } from '../parse-native-heartbeat.ts';
import type { RecordHeartbeat, Sender } from '../record-heartbeat.ts';
import { inTurns } from './in-turns.ts';
import { assertEntry } from './parse-batch.ts';

type Result = Readonly<Record<string, unknown>>;

/** Answers each entry as if it came alone. What goes wrong with one does not touch the others. */
export async function answerBatch(
  record: RecordHeartbeat,
  sender: Sender,
  entries: readonly unknown[],
  requestId: string,
): Promise<Answer> {
  sender.trace.startStep('batch');
  const answered = await inTurns(entries, toToken, async (entry) => answerEntry(record, sender, entry, requestId));
  return {
    outcome: { kind: 'batch', entries: answered.map(({ reported }) => reported) },
    result: toNativeResult({ results: answered.map(({ result }) => result) }),
  };
}

interface AnsweredEntry {
  readonly result: Result;
  readonly reported: Entry;
}

async function answerEntry(
  record: RecordHeartbeat,
  sender: Sender,
  entry: unknown,
  requestId: string,
): Promise<AnsweredEntry> {
  const trace = sender.trace.startEntry();
  try {
    const parsed = parseNativeHeartbeat(assertEntry(entry));
    const answer = await record({ ...sender, trace }, parsed, 'native');
    const reported: Entry = { outcome: { kind: 'answered', code: answer.code }, trace };
    return { result: { status: 200, ...toMembers(answer) }, reported };
  } catch (error) {
    const outcome = toFailure(error);
    return { result: toFailedResult(outcome.error, requestId), reported: { outcome, trace } };
  }
}

/** A result has no headers, so a member says what `Retry-After` says of a single heartbeat. */
function toFailedResult(error: RelayError, requestId: string): Result {
  const retryAfterSeconds = error instanceof RetryableError ? error.retryAfterSeconds : undefined;
  return { ...toProblem(error, requestId), retryAfterSeconds };
}

/** Entries of one token must not overtake each other. What has no token reaches nobody. */
function toToken(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'taskToken' in entry ? entry.taskToken : undefined;
}
