import { readFileSync, statSync, writeFileSync } from 'node:fs';

import { UsageError } from '../cli/usage.ts';

/** In the state folder; one rule a line. */
export const FAULTS_FILE = 'faults';

/** A fault to show on purpose, as `swf=error` writes it. */
export interface FaultRule {
  /** The AWS API whose every call meets the fault. */
  readonly api: 'swf';
  readonly kind: 'error';
}

/** @throws UsageError naming the rule. */
export function parseFaultRule(text: string): FaultRule {
  if (text !== 'swf=error') throw new UsageError(`"${text}" is not a fault; the one there is: swf=error`);
  return { api: 'swf', kind: 'error' };
}

/** The rules in force, kept in a file, so that a command can change them while the stack runs. */
export class Faults {
  readonly #file: string;
  #rules: readonly FaultRule[] = [];
  #readAtMs = 0;

  /** Starts with no fault, whatever an earlier run left. */
  constructor(file: string) {
    this.#file = file;
    this.set([]);
  }

  set(rules: readonly string[]): void {
    rules.forEach(parseFaultRule);
    writeFileSync(this.#file, rules.map((rule) => `${rule}\n`).join(''), { mode: 0o600 });
    this.#readAtMs = 0;
  }

  find(api: string): FaultRule | undefined {
    this.#reread();
    return this.#rules.find((rule) => rule.api === api);
  }

  #reread(): void {
    const changedAtMs = statSync(this.#file).mtimeMs;
    if (changedAtMs === this.#readAtMs) return;
    this.#readAtMs = changedAtMs;
    this.#rules = parseLines(readFileSync(this.#file, 'utf8'));
  }
}

function parseLines(text: string): FaultRule[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseFaultRule);
}
