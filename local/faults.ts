/** The ways in which an AWS API can fail. */
export const FAULT_KINDS = ['throttle', 'error', 'down', 'hang', 'slow', 'reset', 'garbage'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The APIs of the local endpoint that the relay calls. */
const APIS = ['swf', 'sts', 'kms', 'dynamodb'] as const;

/** One deliberate fault: `service[.Operation][/Table]=kind[:share|:delay][@duration]`. */
export interface FaultRule {
  readonly api: (typeof APIS)[number];
  readonly operation?: string;
  /** The template's name for the table (`TaskStates`). The table's local name contains it. */
  readonly table?: string;
  readonly kind: FaultKind;
  /** The share of calls that get the fault, from 0 to 1. */
  readonly share: number;
  /** The delay of `slow`. */
  readonly delayMs: number;
  /** How long the rule applies after it is set. Undefined means forever. */
  readonly durationMs?: number;
}

/** The properties of a call that a rule can match. */
export interface FaultableCall {
  readonly api: string;
  readonly operation: string;
  readonly table?: string | undefined;
}

/** A rule cannot be parsed. The message contains the rule. */
export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
}

const RULE =
  /^(?<api>[a-z]+)(?:\.(?<operation>[A-Za-z]+))?(?:\/(?<table>[A-Za-z]+))?=(?<kind>[a-z]+)(?::(?:(?<percent>\d{1,3})%|(?<delay>\d{1,5}(?:ms|s))))?(?:@(?<duration>\d{1,5}(?:ms|s)))?$/;

/**
 * The default delay of `slow`. It exceeds the relay's timeout for a table, equals those of KMS and STS, and is below
 * SWF's.
 */
const DEFAULT_DELAY_MS = 1_000;

/** @throws FaultRuleError */
export function parseFaultRule(text: string): FaultRule {
  const groups = RULE.exec(text)?.groups;
  const api = APIS.find((name) => name === groups?.['api']);
  const kind = FAULT_KINDS.find((name) => name === groups?.['kind']);
  const { operation, table, percent = '100', delay, duration } = groups ?? {};
  const isValid = Number(percent) <= 100 && (delay === undefined || kind === 'slow');
  if (api === undefined || kind === undefined || !isValid || (table !== undefined && api !== 'dynamodb')) {
    throw new FaultRuleError(
      `"${text}" is not a fault: ${APIS.join('|')}[.Operation][/Table]=${FAULT_KINDS.join('|')}[:30%|:3s][@10s]`,
    );
  }
  return {
    api,
    kind,
    share: Number(percent) / 100,
    delayMs: delay === undefined ? DEFAULT_DELAY_MS : toMs(delay),
    ...(operation === undefined ? {} : { operation }),
    ...(table === undefined ? {} : { table }),
    ...(duration === undefined ? {} : { durationMs: toMs(duration) }),
  };
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

function isMatch({ api, operation, table }: FaultRule, call: FaultableCall): boolean {
  return (
    api === call.api &&
    (operation === undefined || operation === call.operation) &&
    (table === undefined || call.table?.includes(table) === true)
  );
}

function toMs(text: string): number {
  return text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1_000;
}
