import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { describeKit, minorVersionOf } from '../clients/python-kit-facts.ts';

/** Versions of Python beside the machine's own, where pyenv has them. */
const VERSIONS = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');

for (const command of globSync(join(VERSIONS, '3.*/bin/python3')))
  if (minorVersionOf(command) >= 8) describeKit(command);
describeKit('python3');
