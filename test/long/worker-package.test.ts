import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { AFolder } from '../e2e/a-folder.ts';
import { ROOT } from '../e2e/a-process.ts';
import { recorded } from '../kit/relay/replies.ts';
import { inTurn, ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY, TASK_TOKEN } from '../kit/scene.ts';
import { VERSION } from '../../worker/src/version.ts';

const run = promisify(execFile);

const MAX_BYTES = 40 * 1_024;

/** Each from npm's own package of that Node. */
const NODES = ['20', '22', '24'];

const PROGRAM = `import { type Heartbeat, type HeartbeatOptions, NotReportedError, startHeartbeat } from 'swf-heartbeat-worker';

export async function work(options: HeartbeatOptions): Promise<string> {
  await using heartbeat: Heartbeat = startHeartbeat(options);
  heartbeat.details('42 %');
  const off: () => void = heartbeat.on(({ event, message }) => console.log(event === 'recorded', message.length));
  off();
  const signal: AbortSignal = heartbeat.signal;
  await heartbeat.complete('done').catch((error: unknown) => error instanceof NotReportedError && error.outcome);
  return signal.aborted ? heartbeat.state : 'open';
}
`;

let folder: AFolder;
let tarball: string;
let relay: ScriptedRelay;
beforeAll(async () => {
  folder = new AFolder();
  relay = await ScriptedRelay.open(inTurn(recorded()));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder.path], {
    cwd: join(ROOT, 'worker'),
  });
  const [packed] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(stdout));
  tarball = join(folder.path, packed?.filename ?? '');
  writeFileSync(join(folder.path, 'package.json'), '{"private":true,"type":"module"}');
  await install(tarball);
});
afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const install = (...packages: string[]) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: folder.path });

const variables = () => ({
  HEARTBEAT_RELAY_URL: relay.url,
  HEARTBEAT_DOMAIN: 'orders',
  HEARTBEAT_KEY: KEY,
  TASK_TOKEN,
  HEARTBEAT_TIMEOUT_SECONDS: '60',
});

describe('the npm package', () => {
  it('is small, and depends on nothing', () => {
    expect(statSync(tarball).size).toBeLessThan(MAX_BYTES);
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'worker/package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).toMatchObject({ version: VERSION });
  });

  it('has types that a program compiles against', async () => {
    writeFileSync(join(folder.path, 'program.mts'), PROGRAM);
    const options = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,esnext.disposable',
    ];
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    const compiled = run(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...types, 'program.mts'], {
      cwd: folder.path,
    });
    await expect(compiled).resolves.toMatchObject({ stdout: '' });
  });

  it('runs by npx, and as a library', async () => {
    const env = { ...process.env, ...variables() };
    const { stdout } = await run('npx', ['swf-heartbeat-worker', 'run', '--', 'sh', '-c', 'sleep 3; echo done'], {
      cwd: folder.path,
      env,
    });
    expect(stdout).toBe('done\n');
    expect(relay.received.length).toBeGreaterThan(0);
  });

  it.each(NODES)('runs on Node %s', async (major) => {
    await install(`node-linux-${process.arch}@${major}`);
    const node = join(folder.path, `node_modules/node-linux-${process.arch}/bin/node`);
    const env = { ...process.env, ...variables() };
    const before = relay.received.length;
    expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
    const cli = join(folder.path, 'node_modules/swf-heartbeat-worker/dist/cli.js');
    const { stderr } = await run(node, [cli, 'run', '--', 'sleep', '3'], { env });
    expect(stderr).toBe('heartbeat: recorded\n');
    expect(relay.received.length).toBeGreaterThan(before);
  });
});
