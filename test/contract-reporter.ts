import { stripVTControlCharacters } from 'node:util';

import type { Reporter, TestCase, TestModule } from 'vitest/node';

import { parseTitle } from './swf-contract/behaviour.ts';

const PROJECT = 'swf-contract';
const WORDS = { passed: 'ok', failed: 'FAIL', skipped: 'skip', pending: 'skip' } as const;
/** A row stays readable although a message holds two histories. */
const MOST_CHARACTERS = 240;

/** Closes a run of nothing but the contract tests with a table of behaviours, their sources and their results. */
export class ContractReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length === 0 || modules.some(({ project }) => project.name !== PROJECT)) return;
    const tests = modules
      .toSorted((one, other) => one.moduleId.localeCompare(other.moduleId))
      .flatMap((module) => Array.from(module.children.allTests()));
    process.stdout.write(`\n${toTable(tests)}\n`);
  }
}

function toTable(tests: readonly TestCase[]): string {
  const endpoint = process.env['SWF_ENDPOINT'] ?? 'the local SWF';
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const rows = [['result', 'behaviour', 'source', 'seen instead'], ['---', '---', '---', '---'], ...tests.map(toCells)];
  const table = rows.map((cells) => `| ${cells.map(toCell).join(' | ')} |\n`).join('');
  return `SWF under test: ${endpoint}\n\n${table}\n${passed} of ${tests.length} behaviours as expected\n`;
}

function toCells(test: TestCase): string[] {
  const { state, errors } = test.result();
  const { behaviour, source } = parseTitle(test.name) ?? { behaviour: test.name, source: 'no source' };
  return [WORDS[state], behaviour, source, errors?.[0]?.message ?? ''];
}

/** One line without the colours that vitest puts into messages. */
function toCell(text: string): string {
  const plain = stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`);
  return plain.slice(0, MOST_CHARACTERS);
}
