import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

import { MODULE_REPLACEMENTS } from '../lib/bundling.ts';
import { BUNDLING } from '../lib/relay-function.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The esbuild options that `NodejsFunction` takes from the function's settings. */
const TUNED: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: BUNDLING.target,
  format: BUNDLING.format,
  minify: BUNDLING.minify,
  mainFields: [...BUNDLING.mainFields],
  alias: { ...MODULE_REPLACEMENTS },
};

/**
 * The default options of `NodejsFunction`, but with the SDK in the bundle. By default it uses Lambda's copy of the SDK.
 */
const DEFAULTS: BuildOptions = { bundle: true, platform: 'node', target: 'node24', format: 'cjs' };

/** CommonJS has no top-level `await`, so this bundle cannot be primed. */
const TUNED_IN_COMMONJS: BuildOptions = { ...TUNED, format: 'cjs' };

/** The file of each bundle. */
export interface Bundles {
  readonly empty: string;
  readonly raw: string;
  readonly rawConnected: string;
  readonly bare: string;
  readonly defaults: string;
  readonly defaultsPrimed: string;
  readonly unprimed: string;
  readonly unprimedInCommonJs: string;
  readonly readable: string;
}

export async function createBundles(folder: string): Promise<Bundles> {
  const create = async (name: string, entry: string, options: BuildOptions): Promise<string> =>
    createBundle(join(folder, name), entry, options);
  const unprimed = 'entries/unprimed.ts';
  return {
    empty: await create('empty.mjs', 'entries/empty.ts', TUNED),
    raw: await create('raw.mjs', 'entries/raw.ts', TUNED),
    rawConnected: await create('raw-connected.mjs', 'entries/raw-connected.ts', TUNED),
    bare: await create('bare.mjs', 'entries/bare.ts', TUNED),
    defaults: await create('defaults.cjs', unprimed, DEFAULTS),
    defaultsPrimed: await create('defaults-primed.cjs', 'entries/primed-later.ts', DEFAULTS),
    unprimed: await create('unprimed.mjs', unprimed, TUNED),
    unprimedInCommonJs: await create('unprimed.cjs', unprimed, TUNED_IN_COMMONJS),
    // Without minification esbuild writes the source file above each part. The profile needs it to sum samples by area.
    readable: await create('readable.mjs', '../lambda/index.ts', { ...TUNED, minify: false }),
  };
}

export type ProbeName = 'heartbeat-sender' | 'container' | 'fake-aws' | 'load' | 'server' | 'start' | 'verifier';

/** Bundles a probe like the function, so that shared code has the same speed and Node strips no types at run time. */
export async function createProbeBundle(folder: string, name: ProbeName): Promise<string> {
  return createBundle(join(folder, `${name}.mjs`), `probes/${name}.ts`, TUNED);
}

async function createBundle(outfile: string, entry: string, options: BuildOptions): Promise<string> {
  await build({ ...options, entryPoints: [join(HERE, entry)], outfile, logLevel: 'error' });
  return outfile;
}
