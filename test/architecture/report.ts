/** `npm run structure`: prints units, levels and imports of `lambda/`, now or at a revision. */
import { parseArgs } from 'node:util';

import { findImports } from './imports.ts';
import { isSource, openRevision, openWorkingTree } from './sources.ts';
import { toStructure } from './structure.ts';

const USAGE = `Prints the units, levels and imports of a folder. A unit is a sub-folder, or a file in the folder itself.

  npm run structure -- [--folder NAME] [--at REVISION]

  --folder  lambda by default
  --at      a git revision; the working tree by default
`;

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'lambda' },
    at: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function report(folder: string, at: string | undefined): string {
  const { files, read } = at === undefined ? openWorkingTree() : openRevision(at);
  const sources = files.filter((file) => isSource(file) && file.startsWith(`${folder}/`));
  const imports = sources.flatMap((file) => findImports(file, read(file)));
  const { levels, dependencies, cycles } = toStructure(folder, sources, imports);
  const longest = Math.max(...sources.map((file) => read(file).trimEnd().split('\n').length));
  return [
    `${folder}/ at ${at ?? 'the working tree'}: ${sources.length} files, the longest of ${longest} lines`,
    `${levels.flat().length} units on ${levels.length} levels with ${dependencies.length} dependencies, ${cycles.length} cycles`,
    ...levels.map((units, index) => `  ${index + 1}  ${units.join('  ')}`).toReversed(),
    ...cycles.map((units) => `  cycle: ${units.join(', ')}`),
    '',
  ].join('\n');
}

process.stdout.write(values.help ? USAGE : report(values.folder, values.at));
