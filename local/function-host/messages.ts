/** The host's message to a container: run the handler once. Event and result are JSON text, as in Lambda's own API. */
export interface Invocation {
  readonly kind: 'invoke';
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly eventJson: string;
  /** Epoch milliseconds at which the host kills the container. */
  readonly deadlineAt: number;
}

/** A container's messages to the host: one for its start, then one for each invocation. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initFailed'; readonly errorType: string }
  | { readonly kind: 'answered'; readonly resultJson: string }
  | { readonly kind: 'failed'; readonly errorType: string };

/** Whether a message from the host is an invocation. */
export function isInvocation(message: unknown): message is Invocation {
  return isRecord(message) && message['kind'] === 'invoke' && hasTexts(message, INVOCATION_TEXTS);
}

/** Whether a message from a container is a report. The function's code may send others, which the host ignores. */
export function isReport(message: unknown): message is Report {
  if (!isRecord(message) || typeof message['kind'] !== 'string') return false;
  const texts = REPORT_TEXTS.get(message['kind']);
  return texts !== undefined && hasTexts(message, texts);
}

const INVOCATION_TEXTS = ['requestId', 'functionArn', 'traceId', 'eventJson'];

const REPORT_TEXTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ready', []],
  ['initFailed', ['errorType']],
  ['answered', ['resultJson']],
  ['failed', ['errorType']],
]);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const hasTexts = (message: Record<string, unknown>, names: readonly string[]): boolean =>
  names.every((name) => typeof message[name] === 'string');
