/**
 * `npm run check`: fails on an import that the rules forbid, and on a page with too many long sentences. The linter finds
 * import cycles.
 */
import { readPages } from '../pages/pages.ts';
import { findTooLong, MAX_WORDS, ONE_IN } from '../pages/sentences.ts';
import { findImports } from './imports.ts';
import { findForbidden } from './rules.ts';
import { isSource, openWorkingTree } from './sources.ts';

const { files, read } = openWorkingTree();
const forbidden = findForbidden(files.filter(isSource).flatMap((file) => findImports(file, read(file)))).map(
  ({ file, specifier }) => `${file} must not import ${specifier}: see test/architecture/rules.ts`,
);
const tooLong = readPages().flatMap(({ path, text }) =>
  findTooLong(text).map(
    (sentence) => `${path}: more than one sentence in ${ONE_IN} has over ${MAX_WORDS} words: ${sentence}`,
  ),
);
for (const problem of [...forbidden, ...tooLong]) console.error(problem);
if (forbidden.length + tooLong.length > 0) process.exitCode = 1;
