/** `npm run structure`: prints units, levels and imports of `lambda/`, now or at a revision. */
import { Command } from 'commander';

import { findImports } from './imports.ts';
import { isSource, openRevision, openWorkingTree } from './sources.ts';
import { toStructure } from './structure.ts';

interface Options {
  readonly folder: string;
  readonly at?: string;
}

const { folder: root, at: revision } = new Command('npm run structure --')
  .description('print units, levels and imports of a folder; a unit is a sub-folder, or a file in the folder itself')
  .option('--folder <name>', 'the folder', 'lambda')
  .option('--at <revision>', 'a git revision instead of the working tree')
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

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

process.stdout.write(report(root, revision));
