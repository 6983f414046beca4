import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterAll } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const folders: string[] = [];
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export interface Synthesis {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly readTemplate: (stackName: string) => unknown;
}

/** An output folder of its own until the file's tests are over. */
export function openOutput(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-synth-'));
  folders.push(folder);
  return folder;
}

/** The CDK app as `cdk synth` runs it. */
export async function synthesize(context: Record<string, unknown>, folder = openOutput()): Promise<Synthesis> {
  const child = spawn(process.execPath, ['bin/heartbeat-relay.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const readTemplate = (stackName: string): unknown =>
    JSON.parse(readFileSync(join(folder, `${stackName}.template.json`), 'utf8'));
  return { exitCode, stdout, stderr, readTemplate };
}
