import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

import { MODULE_REPLACEMENTS } from '../lib/bundling.ts';
import { BUNDLING } from '../lib/relay-function.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** What `NodejsFunction` hands to esbuild of the function's own settings. */
const TUNED: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: BUNDLING.target,
  format: BUNDLING.format,
  minify: BUNDLING.minify,
  mainFields: [...BUNDLING.mainFields],
  alias: { ...MODULE_REPLACEMENTS },
};

/** What it hands over by itself, but for the SDK, which it would take from Lambda's own copy. */
const DEFAULTS: BuildOptions = { bundle: true, platform: 'node', target: 'node24', format: 'cjs' };

/** It has no `await` at its top, so it can't be primed. */
const TUNED_IN_COMMONJS: BuildOptions = { ...TUNED, format: 'cjs' };

/** Files, each a bundle. */
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

export async function makeBundles(folder: string): Promise<Bundles> {
  const make = async (name: string, entry: string, options: BuildOptions): Promise<string> =>
    makeBundle(join(folder, name), entry, options);
  const unprimed = 'entries/unprimed.ts';
  return {
    empty: await make('empty.mjs', 'entries/empty.ts', TUNED),
    raw: await make('raw.mjs', 'entries/raw.ts', TUNED),
    rawConnected: await make('raw-connected.mjs', 'entries/raw-connected.ts', TUNED),
    bare: await make('bare.mjs', 'entries/bare.ts', TUNED),
    defaults: await make('defaults.cjs', unprimed, DEFAULTS),
    defaultsPrimed: await make('defaults-primed.cjs', 'entries/primed-later.ts', DEFAULTS),
    unprimed: await make('unprimed.mjs', unprimed, TUNED),
    unprimedInCommonJs: await make('unprimed.cjs', unprimed, TUNED_IN_COMMONJS),
    // esbuild then writes the file that each part comes from above it, which a profile is summed by.
    readable: await make('readable.mjs', '../lambda/index.ts', { ...TUNED, minify: false }),
  };
}

export type ProbeName = 'heartbeat-sender' | 'container' | 'fake-aws' | 'load' | 'server' | 'start' | 'verifier';

/**
 * A probe is bundled as the function is, so that what they share is measured alike, and no types are stripped on the
 * way.
 */
export async function makeProbe(folder: string, name: ProbeName): Promise<string> {
  return makeBundle(join(folder, `${name}.mjs`), `probes/${name}.ts`, TUNED);
}

async function makeBundle(outfile: string, entry: string, options: BuildOptions): Promise<string> {
  await build({ ...options, entryPoints: [join(HERE, entry)], outfile, logLevel: 'error' });
  return outfile;
}
