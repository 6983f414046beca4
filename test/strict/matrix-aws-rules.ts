import { loopNow } from '../loop-time.ts';
import type { Heartbeat } from './matrix-cells.ts';
import { openSdkWorker } from './sdk-worker.ts';
import type { PromisedOf } from './matrix-play.ts';
import { type Cell, promised, type Row } from './matrix-rules.ts';

/** The SDK's own default. It tries again where it is told to try later, and never else. */
const SDK_ATTEMPTS = 3;

/** What the AWS form makes of each row: the table's right column. */
const SAID: Readonly<Record<Row, string>> = {
  '200 recorded': 'false',
  '200 recorded, cancel': 'true',
  '200 cancel from cache': 'true from cache',
  '410 TaskNotOpen': 'UnknownResourceFault',
  '429 SwfThrottled': 'ThrottlingException',
  '503 SwfUnavailable': 'ThrottlingException',
  '503 AuthenticationUnavailable': 'ThrottlingException',
};

/** What the SDK throws or returns, after how many attempts, and how often SWF and STS were asked for all of them. */
const toRow = (said: string, attempts: number, swfCalls: number, stsCalls: number): string =>
  `${said} ×${attempts}, SWF ${swfCalls}, STS ${stsCalls}`;

/** What is stored is the same in both forms. */
export const promisedByAws: PromisedOf = (cell) => {
  const { row, stored, storedOnceHealed } = promised(cell);
  const attempts = SAID[row] === 'ThrottlingException' ? SDK_ATTEMPTS : 1;
  const tries = triesOf(cell, row, attempts);
  return {
    row: toRow(SAID[row], attempts, swfCallsOf(cell, tries), stsCallsOf(cell, tries)),
    stored,
    // For half a minute, this container does not ask for the token that SWF did not answer twice.
    storedOnceHealed: cell.service === 'swf' && isHanging(cell) ? stored : storedOnceHealed,
  };
};

/** A 200 from the cache ends the SDK's own attempts, so the relay makes one more in their stead, unless SWF throttles. */
function triesOf({ service, fault }: Cell, row: Row, attempts: number): number {
  if (row !== '200 cancel from cache') return attempts;
  return service === 'swf' && fault === 'throttle' ? 1 : 2;
}

/** A try asks SWF once more on connection errors and 5xx; not after throttling, and not past the deadline. */
function swfCallsOf(cell: Cell, tries: number): number {
  const { service, container } = cell;
  if (service === 'swf' && isHanging(cell)) return Math.min(tries, TIMEOUTS);
  if (service === 'swf') return isAskedTwice(cell) ? 2 * tries : tries;
  const isOpenedLate = service !== 'dynamodb/TaskStates' && service !== 'dynamodb/RateLimits';
  return container === 'cold' && isOpenedLate ? 0 : tries;
}

/** After so many timeouts, a container asks no more for a token of which nothing is stored. */
const TIMEOUTS = 2;

const isHanging = ({ fault, cache }: Cell): boolean => cache === 'empty' && (fault === 'hang' || fault === 'slow:3s');

/** A fault of SWF's own, such as that of a closed task, comes before an answer could be lost. */
const isAskedTwice = ({ fault, cache }: Cell): boolean =>
  fault === 'error' || fault === 'down' || (fault === 'reset' && cache !== 'closed');

/** A session is had once for a container; where there is none, each try asks for one. */
function stsCallsOf({ service, container }: Cell, tries: number): number {
  if (container === 'warm' || service === 'kms' || service === 'dynamodb/WorkerKeys') return 0;
  return service === 'sts' ? tries : 1;
}

/** One heartbeat of the real SDK. */
export const heartbeatBySdk: Heartbeat = async ({ world, container }, key, taskToken) => {
  const sdk = openSdkWorker(container, key);
  const callsBefore = world.calls.length;
  const { said, attempts } = await sdk.heartbeat(taskToken);
  const lastSentAtMs = loopNow() - (sdk.answers.at(-1)?.elapsedMs ?? 0);
  const calls = world.calls.slice(callsBefore);
  const count = (api: string): number => calls.filter((call) => call.api === api).length;
  const isFromCache = sdk.answers.at(-1)?.headers['x-relay-observed-at'] !== undefined;
  const elapsedMs = Math.max(...sdk.answers.map((answer) => answer.elapsedMs));
  const row = toRow(isFromCache ? `${said} from cache` : said, attempts, count('swf'), count('sts'));
  return { row, elapsedMs, lastSentAtMs };
};
