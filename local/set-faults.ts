import { parseArgs } from 'node:util';

import { DEFAULT_STATE_FOLDER, readConnection } from '../cli/connection.ts';
import { runCommand, UsageError } from '../cli/usage.ts';
import { FaultRuleError, parseFaultRule } from './faults.ts';
import { FAULTS_FILE } from './faults-file.ts';
import { StateFolder } from './state-folder.ts';

await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { state: { type: 'string' } }, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('name faults, as npm run faults -- swf=error, or clear');
  const path = values.state ?? DEFAULT_STATE_FOLDER;
  readConnection(path);
  const rules = positionals.join(' ') === 'clear' ? [] : positionals;
  rules.forEach(assertFaultRule);
  StateFolder.of(path).write(FAULTS_FILE, rules.map((rule) => `${rule}\n`).join(''));
  process.stdout.write(rules.length === 0 ? 'no faults\n' : `faults: ${rules.join(' ')}\n`);
});

function assertFaultRule(rule: string): void {
  try {
    parseFaultRule(rule);
  } catch (error) {
    throw error instanceof FaultRuleError ? new UsageError(error.message, { cause: error }) : error;
  }
}
