/** What a container is told: run the handler once. Event and result travel as JSON text, as on Lambda's own wire. */
export interface Invocation {
  readonly kind: 'invoke';
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly eventJson: string;
  /** Epoch milliseconds at which the container will be killed. */
  readonly deadlineAt: number;
}

/** What a container tells: how its start went, once, and then how each invocation went. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initFailed'; readonly errorType: string }
  | { readonly kind: 'answered'; readonly resultJson: string }
  | { readonly kind: 'failed'; readonly errorType: string };

/** Whether a message from the host asks for an invocation. */
export function isInvocation(message: unknown): message is Invocation {
  return isRecord(message) && message['kind'] === 'invoke' && hasTexts(message, INVOCATION_TEXTS);
}

/** Whether a message from a container is one of ours: the code in it may send messages of its own, which mean nothing. */
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
