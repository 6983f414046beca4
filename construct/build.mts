import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

import { copyTypes } from './copy-types.mts';
import { findFunctionBundle } from './function-bundle.mts';

/**
 * Builds the published package into `dist/`. `npm pack` and `npm publish` run it.
 *
 * - `index.js` is the construct as one CommonJS file, which both kinds of modules can load. `aws-cdk-lib` and `constructs` are the
 *   app's own.
 * - `types/` holds the declarations that `index.d.ts` reaches.
 * - `canary/` is the canary's function, as it is.
 * - `function/` is the function's bundle, as `cdk deploy` of this project uploads it. An app that uses the package needs no esbuild.
 */
const ROOT = join(import.meta.dirname, '..');
const DIST = join(import.meta.dirname, 'dist');

rmSync(DIST, { recursive: true, force: true });
buildSync({
  entryPoints: [join(ROOT, 'lib/index.ts')],
  outfile: join(DIST, 'index.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['aws-cdk-lib', 'constructs'],
  define: { 'import.meta.dirname': '__dirname' },
  legalComments: 'inline',
});
runCompiler();
cpSync(await findFunctionBundle(), join(DIST, 'function'), { recursive: true });
cpSync(join(ROOT, 'lib/canary'), join(DIST, 'canary'), { recursive: true });
copyFileSync(join(ROOT, 'LICENSE'), join(import.meta.dirname, 'LICENSE'));

function runCompiler(): void {
  const declarations = join(DIST, 'declarations');
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--project', join(import.meta.dirname, 'tsconfig.json'), '--outDir', declarations];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the declarations cannot be made');
  copyTypes(declarations, 'lib/index.d.ts', join(DIST, 'types'));
  rmSync(declarations, { recursive: true });
}
