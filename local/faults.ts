/** The ways in which an AWS API can fail. */
export const FAULT_KINDS = ['throttle', 'error', 'down', 'hang', 'slow', 'stall', 'reset', 'garbage'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The APIs of the local endpoint that the relay calls. */
const APIS = ['swf', 'sts', 'kms', 'dynamodb'] as const;

/** One deliberate fault: `service[.Operation][/Table|/taskId]=kind[:share|:delay][@duration]`. */
export interface FaultRule {
  readonly api: (typeof APIS)[number];
  readonly operation?: string;
  /** The template's name for the table (`TaskStates`). The table's local name contains it. */
  readonly table?: string;
  /** The SHA-256 of a task token in unpadded base64url. Only calls with this token get the fault. */
  readonly taskId?: string;
  readonly kind: FaultKind;
  /** The share of calls that get the fault, from 0 to 1. */
  readonly share: number;
  /** The delay of `slow` and `stall`. */
  readonly delayMs: number;
  /** How long the rule applies after it is set. Undefined means forever. */
  readonly durationMs?: number;
}

/** The properties of a call that a rule can match. */
export interface FaultableCall {
  readonly api: string;
  readonly operation: string;
  /** A batch names several. */
  readonly tables?: readonly string[] | undefined;
  readonly taskId?: string | undefined;
}

/** A rule cannot be parsed. The message contains the rule. */
export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
}

const RULE =
  /^(?<api>[a-z]+)(?:\.(?<operation>[A-Za-z]+))?(?:\/(?<target>[\w-]+))?=(?<kind>[a-z]+)(?::(?:(?<percent>\d{1,3})%|(?<delay>\d{1,5}(?:ms|s))))?(?:@(?<duration>\d{1,5}(?:ms|s)))?$/;

/** What the part after the slash names: a table of DynamoDB, or a task of SWF. */
const TABLE = /^[A-Za-z]+$/;
const TASK_ID = /^[\w-]{43}$/;

/**
 * The delay of `slow` exceeds the relay's timeout for a table, equals those of KMS and STS, and is below SWF's. The
 * delay of `stall` is what an author of moto saw in the real SWF, for decision tokens that fitted no task: 3 or 4
 * minutes, then status 500 (moto, `swf/models/__init__.py`).
 */
const DEFAULT_DELAYS_MS: ReadonlyMap<string, number> = new Map([
  ['slow', 1_000],
  ['stall', 180_000],
]);

/** @throws FaultRuleError */
export function parseFaultRule(text: string): FaultRule {
  const groups = RULE.exec(text)?.groups;
  const api = APIS.find((name) => name === groups?.['api']);
  const kind = FAULT_KINDS.find((name) => name === groups?.['kind']);
  const { operation, target, percent = '100', delay, duration } = groups ?? {};
  const named = toTarget(api, target);
  const isValid = Number(percent) <= 100 && (delay === undefined || DEFAULT_DELAYS_MS.has(kind ?? ''));
  if (api === undefined || kind === undefined || !isValid || named === undefined) {
    throw new FaultRuleError(
      `"${text}" is not a fault: ${APIS.join('|')}[.Operation][/Table|/taskId]=${FAULT_KINDS.join('|')}[:30%|:3s][@10s]`,
    );
  }
  return {
    api,
    kind,
    share: Number(percent) / 100,
    delayMs: delay === undefined ? (DEFAULT_DELAYS_MS.get(kind) ?? 0) : toMs(delay),
    ...(operation === undefined ? {} : { operation }),
    ...named,
    ...(duration === undefined ? {} : { durationMs: toMs(duration) }),
  };
}

/** Returns undefined if a rule for this API can't name this target. */
function toTarget(
  api: string | undefined,
  target: string | undefined,
): Pick<FaultRule, 'table' | 'taskId'> | undefined {
  if (target === undefined) return {};
  if (api === 'dynamodb' && TABLE.test(target)) return { table: target };
  return api === 'swf' && TASK_ID.test(target) ? { taskId: target } : undefined;
}

/** @throws FaultRuleError */
export function parseFaultRules(text: string): FaultRule[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map(parseFaultRule);
}

interface ActiveRule extends FaultRule {
  readonly endsAtMs: number;
}

/** The fault rules for some callers. */
export class Faults {
  readonly #clock: () => number;
  readonly #random: () => number;
  #rules: readonly ActiveRule[] = [];

  constructor(clock: () => number, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Replaces all rules. Each applies from now on. */
  set(rules: readonly FaultRule[]): void {
    const nowMs = this.#clock();
    this.#rules = rules.map((rule) => Object.assign({ endsAtMs: nowMs + (rule.durationMs ?? Infinity) }, rule));
  }

  /** The first rule that matches the call, with a probability of its share. */
  find(call: FaultableCall): FaultRule | undefined {
    const nowMs = this.#clock();
    return this.#rules.find((rule) => nowMs < rule.endsAtMs && isMatch(rule, call) && this.#random() < rule.share);
  }
}

function isMatch({ api, operation, table, taskId }: FaultRule, call: FaultableCall): boolean {
  return (
    api === call.api &&
    (operation === undefined || operation === call.operation) &&
    (taskId === undefined || taskId === call.taskId) &&
    (table === undefined || call.tables?.some((name) => name.includes(table)) === true)
  );
}

function toMs(text: string): number {
  return text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1_000;
}
