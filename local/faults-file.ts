import { lstatSync } from 'node:fs';

import { type Faults, type FaultableCall, type FaultRule, parseFaultRule, parseFaultRules } from './faults.ts';
import { readPrivateFile, replacePrivateFile } from './private-files.ts';

/** A file in the state folder, with one rule per line. A command writes it, and the running endpoint reads it. */
export const FAULTS_FILE = 'faults';

/** The rules in force, as they were written. A rule with a duration is in force for that long after it was set. */
export function readActiveRules(file: string, nowMs: number): string[] {
  const { mtimeMs: setAtMs } = lstatSync(file);
  return (readPrivateFile(file) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .filter((line) => nowMs - setAtMs < (parseFaultRule(line).durationMs ?? Infinity));
}

/** Rules that another process may change while this one runs. */
export class FileFaults {
  readonly #file: string;
  readonly #faults: Faults;
  #readAtMs = 0;

  /** Starts without faults, and discards those of an earlier run. */
  constructor(file: string, faults: Faults) {
    this.#file = file;
    this.#faults = faults;
    this.set([]);
  }

  /** @throws FaultRuleError with the rule. */
  set(rules: readonly string[]): void {
    const text = rules.map((rule) => `${rule}\n`).join('');
    this.#faults.set(parseFaultRules(text));
    replacePrivateFile(this.#file, text);
    this.#readAtMs = lstatSync(this.#file).mtimeMs;
  }

  find(call: FaultableCall): FaultRule | undefined {
    const changedAtMs = lstatSync(this.#file).mtimeMs;
    if (changedAtMs !== this.#readAtMs) {
      this.#readAtMs = changedAtMs;
      this.#faults.set(parseFaultRules(readPrivateFile(this.#file) ?? ''));
    }
    return this.#faults.find(call);
  }
}
