/** `npm run check`: fails on an import that the rules forbid. The linter finds import cycles. */
import { findImports } from './imports.ts';
import { findForbidden } from './rules.ts';
import { isSource, openWorkingTree } from './sources.ts';

const { files, read } = openWorkingTree();
const forbidden = findForbidden(files.filter(isSource).flatMap((file) => findImports(file, read(file))));
for (const { file, specifier } of forbidden) {
  console.error(`${file} must not import ${specifier}: see test/architecture/rules.ts`);
}
if (forbidden.length > 0) process.exitCode = 1;
