import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { afterAll } from 'vitest';

import { toKeptFolder } from '../../local/assembly.ts';
import { RESULT, RESULT_FILE, type Result } from './synthesis-result.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Context for tests that read only templates: esbuild takes longer than the rest of a synthesis. */
export const WITHOUT_BUNDLE = { [BUNDLING_STACKS]: [] };

const folders: string[] = [];
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export interface Synthesis extends Result {
  /** Holds the templates and assets. Other tests may read it, too. */
  readonly folder: string;
  readonly readTemplate: (stackName: string) => unknown;
}

/** Creates an output folder that lasts until the file's tests are over. */
export function openOutput(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-synth-'));
  folders.push(folder);
  return folder;
}

/**
 * Runs the CDK app as `cdk synth` does. That takes seconds, so its result is kept until a source or a setting changes.
 *
 * @param before an output folder with what an earlier synthesis left there.
 */
export async function synthesize(context: Record<string, unknown>, before?: string): Promise<Synthesis> {
  const kept = toKeptFolder(JSON.stringify([context, before === undefined ? '' : hashFiles(before)]));
  if (!existsSync(kept)) await synthesizeInto(kept, context, before);
  return readSynthesis(kept);
}

/**
 * Synthesizes one after the other in one process, which takes a fraction of what as many processes do.
 *
 * @param contexts contain no settings that the app refuses.
 */
export async function synthesizeInTurn(contexts: readonly Record<string, unknown>[]): Promise<Synthesis[]> {
  const wanted = contexts.map((context) => ({ context, kept: toKeptFolder(JSON.stringify([context, ''])) }));
  const jobs = wanted
    .filter(({ kept }) => !existsSync(kept))
    .map(({ context, kept }) => ({ context, kept, folder: openUnfinished(kept) }));
  if (jobs.length > 0) {
    const { exitCode, stderr } = await runNode('test/lib/synthesize-in-turn.ts', {}, JSON.stringify(jobs));
    if (exitCode !== 0) throw new Error(stderr);
  }
  for (const { folder, kept } of jobs) keep(folder, kept);
  return wanted.map(({ kept }) => readSynthesis(kept));
}

function readSynthesis(folder: string): Synthesis {
  const readTemplate = (stackName: string): unknown =>
    JSON.parse(readFileSync(join(folder, `${stackName}.template.json`), 'utf8'));
  return { ...RESULT.parse(JSON.parse(readFileSync(join(folder, RESULT_FILE), 'utf8'))), folder, readTemplate };
}

async function synthesizeInto(kept: string, context: Record<string, unknown>, before?: string): Promise<void> {
  const unfinished = openUnfinished(kept);
  if (before !== undefined) cpSync(before, unfinished, { recursive: true });
  const variables = { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: unfinished };
  const result = await runNode('bin/heartbeat-relay.ts', variables);
  writeFileSync(join(unfinished, RESULT_FILE), JSON.stringify(result));
  keep(unfinished, kept);
}

function openUnfinished(kept: string): string {
  mkdirSync(dirname(kept), { recursive: true });
  return mkdtempSync(`${dirname(kept)}/unfinished-`);
}

/** Another process may have been faster, with the same result. */
function keep(unfinished: string, kept: string): void {
  if (existsSync(kept)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, kept);
}

async function runNode(program: string, variables: Readonly<Record<string, string>>, input = ''): Promise<Result> {
  const child = spawn(process.execPath, [program], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

function hashFiles(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
