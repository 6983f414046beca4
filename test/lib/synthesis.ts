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

import { toKeptFolder } from '../../local/assembly.ts';
import { RESULT, RESULT_FILE, type Result } from './synthesis-result.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Context for tests that read only templates: esbuild takes longer than the rest of a synthesis. */
export const WITHOUT_BUNDLE = { [BUNDLING_STACKS]: [] };

export interface Synthesis extends Result {
  /** Holds the templates and assets. Other tests may read it, too. */
  readonly folder: string;
  readonly readTemplate: (stackName: string) => unknown;
}

/** Creates an output folder. It lasts as long as the run's temporary folder. */
export const openOutput = (): string => mkdtempSync(join(tmpdir(), 'relay-synth-'));

/** What is synthesized, and how. */
export interface Wanted {
  readonly context: Readonly<Record<string, unknown>>;
  /** An output folder with what an earlier synthesis left there. */
  readonly before?: string;
}

/**
 * Whether CloudFormation's own rules are held against the template, as everybody else's synthesis does: that takes three times
 * as long as all the rest. Tests of what a template contains do without.
 */
type Validation = 'validated' | 'unvalidated';

/** CDK reads it from the environment. */
export const toVariables = (validation: Validation): Readonly<Record<string, string>> => ({
  CDK_VALIDATION: String(validation === 'validated'),
});

/** Runs the CDK app as `cdk synth` does. That takes seconds, so its result is kept until a source or a setting changes. */
export async function synthesize(context: Wanted['context'], validation: Validation): Promise<Synthesis> {
  const kept = toKept({ context }, validation);
  if (!existsSync(kept)) await synthesizeInto(kept, context, validation);
  return readSynthesis(kept);
}

/**
 * Synthesizes one after the other in one process, which takes a fraction of what as many processes do.
 *
 * @param wanted contains no settings that the app refuses.
 */
export async function synthesizeInTurn(wanted: readonly Wanted[], validation: Validation): Promise<Synthesis[]> {
  const jobs = wanted.map((one) => ({ ...one, kept: toKept(one, validation) }));
  const due = jobs
    .filter(({ kept }) => !existsSync(kept))
    .map(({ context, before, kept }) => ({ context, kept, folder: openUnfinished(kept, before) }));
  if (due.length > 0) {
    const program = 'test/lib/synthesize-in-turn.ts';
    const { exitCode, stderr } = await runNode(program, toVariables(validation), JSON.stringify(due));
    if (exitCode !== 0) throw new Error(stderr);
  }
  for (const { folder, kept } of due) keep(folder, kept);
  return jobs.map(({ kept }) => readSynthesis(kept));
}

function toKept({ context, before }: Wanted, validation: Validation): string {
  return toKeptFolder(JSON.stringify([context, before === undefined ? '' : hashFiles(before), validation]));
}

function readSynthesis(folder: string): Synthesis {
  const readTemplate = (stackName: string): unknown =>
    JSON.parse(readFileSync(join(folder, `${stackName}.template.json`), 'utf8'));
  return { ...RESULT.parse(JSON.parse(readFileSync(join(folder, RESULT_FILE), 'utf8'))), folder, readTemplate };
}

async function synthesizeInto(kept: string, context: Wanted['context'], validation: Validation): Promise<void> {
  const unfinished = openUnfinished(kept);
  const own = { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: unfinished };
  const result = await runNode('bin/heartbeat-relay.ts', { ...toVariables(validation), ...own });
  writeFileSync(join(unfinished, RESULT_FILE), JSON.stringify(result));
  keep(unfinished, kept);
}

function openUnfinished(kept: string, before?: string): string {
  mkdirSync(dirname(kept), { recursive: true });
  const folder = mkdtempSync(`${dirname(kept)}/unfinished-`);
  if (before !== undefined) cpSync(before, folder, { recursive: true });
  return folder;
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
