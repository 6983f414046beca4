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

import { afterAll } from 'vitest';
import { z } from 'zod';

import { toKeptFolder } from '../../local/assembly.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULT_FILE = 'result.json';

const RESULT = z.object({ exitCode: z.number().nullable(), stdout: z.string(), stderr: z.string() });

const folders: string[] = [];
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export interface Synthesis extends z.infer<typeof RESULT> {
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
  const folder = toKeptFolder(JSON.stringify([context, before === undefined ? '' : hashFiles(before)]));
  if (!existsSync(folder)) await synthesizeInto(folder, context, before);
  const readTemplate = (stackName: string): unknown =>
    JSON.parse(readFileSync(join(folder, `${stackName}.template.json`), 'utf8'));
  return { ...RESULT.parse(JSON.parse(readFileSync(join(folder, RESULT_FILE), 'utf8'))), folder, readTemplate };
}

async function synthesizeInto(kept: string, context: Record<string, unknown>, before?: string): Promise<void> {
  mkdirSync(dirname(kept), { recursive: true });
  const unfinished = mkdtempSync(`${dirname(kept)}/unfinished-`);
  if (before !== undefined) cpSync(before, unfinished, { recursive: true });
  const child = spawn(process.execPath, ['bin/heartbeat-relay.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: unfinished },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  writeFileSync(join(unfinished, RESULT_FILE), JSON.stringify({ exitCode, stdout, stderr }));
  // Another process may have been faster, with the same result.
  if (existsSync(kept)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, kept);
}

function hashFiles(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
