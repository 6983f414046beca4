/** How an AWS API misbehaves. */
export const FAULT_KINDS = ['throttle', 'error', 'down', 'hang', 'slow', 'reset', 'garbage'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The APIs that the local endpoint speaks and the relay calls. */
const APIS = ['swf', 'sts', 'kms', 'dynamodb'] as const;

/** One fault to show on purpose: `service[.Operation][/Table]=kind[:share|:delay][@duration]`. */
export interface FaultRule {
  readonly api: (typeof APIS)[number];
  readonly operation?: string;
  /** The template's name for the table (`TaskStates`), which its name on this machine contains. */
  readonly table?: string;
  readonly kind: FaultKind;
  /** 0 to 1: how many of the calls meet it. */
  readonly share: number;
  /** How long `slow` waits before it answers. */
  readonly delayMs: number;
  /** How long the rule holds once it is set; undefined for ever. */
  readonly durationMs?: number;
}

/** What of a call decides whether a rule is meant. */
export interface FaultableCall {
  readonly api: string;
  readonly operation: string;
  readonly table?: string | undefined;
}

/** A rule that can't be read; the message says which. */
export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
}

const RULE =
  /^(?<api>[a-z]+)(?:\.(?<operation>[A-Za-z]+))?(?:\/(?<table>[A-Za-z]+))?=(?<kind>[a-z]+)(?::(?:(?<percent>\d{1,3})%|(?<delay>\d{1,5}(?:ms|s))))?(?:@(?<duration>\d{1,5}(?:ms|s)))?$/;

/** Of `slow` where no delay is named: past the cap of a table, at that of KMS and STS, within SWF's. */
const DEFAULT_DELAY_MS = 1_000;

/** @throws FaultRuleError */
export function parseFaultRule(text: string): FaultRule {
  const groups = RULE.exec(text)?.groups;
  const api = APIS.find((name) => name === groups?.['api']);
  const kind = FAULT_KINDS.find((name) => name === groups?.['kind']);
  const { operation, table, percent = '100', delay, duration } = groups ?? {};
  const isPossible = Number(percent) <= 100 && (delay === undefined || kind === 'slow');
  if (api === undefined || kind === undefined || !isPossible || (table !== undefined && api !== 'dynamodb')) {
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

interface HeldRule extends FaultRule {
  readonly endsAtMs: number;
}

/** The rules in force for some callers. */
export class Faults {
  readonly #clock: () => number;
  readonly #random: () => number;
  #rules: readonly HeldRule[] = [];

  constructor(clock: () => number, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Replaces all rules; each holds from now on. */
  set(rules: readonly FaultRule[]): void {
    const nowMs = this.#clock();
    this.#rules = rules.map((rule) => Object.assign({ endsAtMs: nowMs + (rule.durationMs ?? Infinity) }, rule));
  }

  /** The first rule that is meant and, by its share, strikes. */
  find(call: FaultableCall): FaultRule | undefined {
    const nowMs = this.#clock();
    return this.#rules.find((rule) => nowMs < rule.endsAtMs && isMeant(rule, call) && this.#random() < rule.share);
  }
}

function isMeant({ api, operation, table }: FaultRule, call: FaultableCall): boolean {
  return (
    api === call.api &&
    (operation === undefined || operation === call.operation) &&
    (table === undefined || call.table?.includes(table) === true)
  );
}

function toMs(text: string): number {
  return text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1_000;
}
