import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

/** The output of `cdk synth`, which is the input of `cdk deploy`. */
export interface Assembly {
  readonly stackName: string;
  readonly region: string;
  readonly template: unknown;
  /** The folder of a bundled asset, by its hash. */
  readonly assetFolder: (hash: string) => string;
}

/** Synthesis rejected the settings. The message is its output. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Next to the packages that it depends on. All state folders share it. */
const CACHE = join(ROOT, 'node_modules/.cache/swf-heartbeat-relay');

/** A week. */
const MAX_AGE_MS = 7 * 24 * 3_600_000;

/** All files that determine the assembly. */
const INPUTS = ['bin/**/*.ts', 'lib/**/*.{ts,mjs}', 'lambda/**/*.ts', 'cdk.json', 'package-lock.json', 'tsconfig.json'];

const CDK_JSON = z.looseObject({ context: z.record(z.string(), z.unknown()) });
const MANIFEST = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
});

/**
 * Loads the assembly of the stage `dev`. Synthesizes it, unless the cache contains one from the same inputs.
 *
 * @param domains replaces the domains in `cdk.json`.
 * @param signal aborts a running synthesis.
 * @throws SynthesisError
 */
export async function loadAssembly(domains?: string, signal?: AbortSignal): Promise<Assembly> {
  const folder = toKeptFolder(domains ?? '');
  if (!existsSync(folder)) await synthesizeInto(folder, domains, signal);
  return readAssembly(folder);
}

/** Where a synthesis is kept that was made from today's sources and these settings. It may not be there yet. */
export function toKeptFolder(settings: string): string {
  return join(CACHE, hashInputs(settings));
}

function hashInputs(settings: string): string {
  const hash = createHash('sha256').update(`${process.version}\n${settings}\n`);
  for (const file of INPUTS.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

async function synthesizeInto(folder: string, domains: string | undefined, signal?: AbortSignal): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(`${CACHE}/unfinished-`);
  const context = readContext(domains);
  const child = spawn(process.execPath, ['bin/heartbeat-relay.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: unfinished },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  // After an abort, the exit code reports it.
  child.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [printed, exitCode] = await Promise.all([text(child.stderr), ended]);
  if (exitCode !== 0) throw new SynthesisError(printed.trim());
  prune();
  // Another process may have finished first, with the same result.
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
}

/** Removes only old assemblies, because another process may still run a recent one. */
function prune(): void {
  const folders = readdirSync(CACHE).map((name) => join(CACHE, name));
  const old = folders.filter((folder) => Date.now() - statSync(folder).mtimeMs > MAX_AGE_MS);
  for (const folder of old) rmSync(folder, { recursive: true, force: true });
}

/** CDK's context as from its command line: `cdk.json`, and `-c domains=…`. */
export function readContext(domains?: string): Record<string, unknown> {
  const { context } = CDK_JSON.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  return domains === undefined ? context : { ...context, domains };
}

function readAssembly(folder: string): Assembly {
  const { artifacts } = MANIFEST.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const [id, stack] = Object.entries(artifacts).find(([, { type }]) => type === 'aws:cloudformation:stack') ?? [];
  const templateFile = stack?.properties?.templateFile;
  const region = stack?.environment?.split('/').at(-1);
  if (id === undefined || templateFile === undefined || region === undefined) {
    throw new SynthesisError(`${relative(ROOT, folder)} contains no stack; remove it`);
  }
  return {
    stackName: stack?.properties?.stackName ?? id,
    region,
    template: JSON.parse(readFileSync(join(folder, templateFile), 'utf8')),
    assetFolder: (hash) => join(folder, `asset.${hash}`),
  };
}
