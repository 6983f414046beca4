/** What came back from the relay, or from whatever answered in its place. */
export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
  readonly body: string;
}

/** What an answer to a heartbeat means. */
export type Outcome =
  | { readonly kind: 'recorded'; readonly cancelRequested: boolean; readonly paces: boolean }
  /** Not due. `acceptedAgoMs` is how long ago, at most, the last recorded heartbeat had been sent; undefined if not said. */
  | { readonly kind: 'paced'; readonly cancelRequested: boolean; readonly acceptedAgoMs: number | undefined }
  | { readonly kind: 'closed' }
  | Failed;

export interface Failed {
  readonly kind: 'failed';
  /** Such as `429 SwfThrottled`. */
  readonly reason: string;
  /** A cancel request that the relay remembers although SWF does not answer. */
  readonly cancelRequested: boolean;
  readonly hintMs: number;
}

const MS = 1_000;
/** The relay has read the request and will not have it: sent again, it is refused again. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413]);
const MAX_SAID_CHARACTERS = 150;
/** `Date` has whole seconds. */
const DATE_RESOLUTION_MS = 1_000;

export function toOutcome(answer: RawAnswer): Outcome {
  const members = toMembers(answer.body);
  if (answer.status === 410 && members?.['code'] === 'TaskNotOpen') return { kind: 'closed' };
  const { forwarded, cancelRequested, code, acceptedAt } = members ?? {};
  if (answer.status !== 200 || typeof cancelRequested !== 'boolean') return toFailed(answer);
  if (forwarded === true) return { kind: 'recorded', cancelRequested, paces: typeof acceptedAt === 'string' };
  if (forwarded === false && code === 'Paced')
    return { kind: 'paced', cancelRequested, acceptedAgoMs: toAgoMs(acceptedAt, answer.date) };
  return { ...toFailed(answer), cancelRequested: forwarded === false && cancelRequested };
}

export function toFailed(answer: RawAnswer): Failed {
  const hintSeconds = /^\d{1,9}$/.test(answer.retryAfter ?? '') ? Number(answer.retryAfter) : 0;
  return { kind: 'failed', reason: toReason(answer), cancelRequested: false, hintMs: hintSeconds * MS };
}

function toReason({ status, body }: RawAnswer): string {
  if (status >= 300 && status < 400) return `${status} redirect`;
  const members = toMembers(body);
  if (status < 300 || members === undefined) return status < 300 ? `${status} not from a relay` : String(status);
  const { code, detail } = members;
  const word = typeof code === 'string' && /^[A-Za-z]{1,64}$/.test(code) ? ` ${code}` : '';
  const said = REFUSALS.has(status) ? toSaid(detail) : '';
  return `${status}${word}${said === '' ? '' : `: ${said}`}`;
}

/** What a refusal says, without what may be a key or a token. The shell worker does not decode JSON, so it ends at an escape. */
function toSaid(detail: unknown): string {
  const [plain = ''] = typeof detail === 'string' ? (/^[ !#-[\]-\u{10ffff}]*/u.exec(detail) ?? []) : [];
  const ascii = plain.replaceAll(/[^ -~]/g, '');
  return ascii
    .replaceAll(/HBRK[^ ]*/g, '')
    .replaceAll(/[^ ]{40,}/g, '')
    .slice(0, MAX_SAID_CHARACTERS);
}

/** Undefined if the body is no JSON object. */
export function toMembers(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? Object.fromEntries(Object.entries(parsed))
      : undefined;
  } catch {
    return undefined;
  }
}

/** Both times are the relay's own, so this machine's clock does not matter. */
function toAgoMs(acceptedAt: unknown, date: string | undefined): number | undefined {
  const acceptedAtMs = typeof acceptedAt === 'string' ? Date.parse(acceptedAt) : Number.NaN;
  const agoMs = Date.parse(date ?? '') + DATE_RESOLUTION_MS - acceptedAtMs;
  return Number.isFinite(agoMs) && agoMs >= 0 ? agoMs : undefined;
}
