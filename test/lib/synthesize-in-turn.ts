import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { z } from 'zod';

import { synthesize } from '../../lib/synthesize.ts';
import { type Result, RESULT_FILE } from './synthesis-result.ts';

/**
 * A program that runs the CDK app once for each job on standard input, and writes the result into the job's folder.
 * It loads CDK once, which takes longer than the synthesis of a stage. Not for settings that the app refuses: the app
 * then ends the process.
 */
const JOBS = z.array(z.object({ context: z.record(z.string(), z.unknown()), folder: z.string() }));

/** Runs `act` and returns what it wrote to both outputs. CDK prints while it synthesizes. */
function capture(act: () => void): Omit<Result, 'exitCode'> {
  const written = { stdout: '', stderr: '' };
  const { stdout, stderr } = process;
  const originals = { stdout: stdout.write.bind(stdout), stderr: stderr.write.bind(stderr) };
  Object.assign(stdout, { write: (chunk: unknown) => Boolean((written.stdout += String(chunk))) });
  Object.assign(stderr, { write: (chunk: unknown) => Boolean((written.stderr += String(chunk))) });
  act();
  Object.assign(stdout, { write: originals.stdout });
  Object.assign(stderr, { write: originals.stderr });
  return written;
}

for (const { context, folder } of JOBS.parse(JSON.parse(await text(process.stdin)))) {
  Object.assign(process.env, { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: folder });
  const written = capture(synthesize);
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  writeFileSync(join(folder, RESULT_FILE), JSON.stringify({ exitCode, ...written } satisfies Result));
}
