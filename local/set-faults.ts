import { parseArgs } from 'node:util';

import { DEFAULT_STATE_FOLDER, readConnection } from '../cli/connection.ts';
import { runCommand, UsageError } from '../cli/usage.ts';
import { FAULTS_FILE, parseFaultRule } from './faults.ts';
import { StateFolder } from './state-folder.ts';

await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { state: { type: 'string' } }, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('name faults, as npm run faults -- swf=error, or clear');
  const path = values.state ?? DEFAULT_STATE_FOLDER;
  readConnection(path);
  const rules = positionals.join(' ') === 'clear' ? [] : positionals;
  for (const rule of rules) parseFaultRule(rule);
  StateFolder.of(path).write(FAULTS_FILE, rules.map((rule) => `${rule}\n`).join(''));
  process.stdout.write(rules.length === 0 ? 'no faults\n' : `faults: ${rules.join(' ')}\n`);
});
