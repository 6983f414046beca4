import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { ROOT } from '../e2e/a-process.ts';
import { until } from '../e2e/until.ts';
import { recorded } from '../kit/relay/replies.ts';
import { inTurn, ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY, TASK_TOKEN } from '../kit/scene.ts';

const run = promisify(execFile);
const RECIPES = join(ROOT, 'worker/recipes');
const read = (name: string): string => readFileSync(join(RECIPES, name), 'utf8');

/** MIT. It has the schema of every kind, from Kubernetes' own OpenAPI document. */
const KUBERNETES_MODELS = 'kubernetes-models@5.1.0';
const YAML = 'yaml@2.8.1';

let folder: AFolder;
beforeAll(() => {
  folder = new AFolder();
});
afterAll(() => folder[Symbol.dispose]());

describe('the recipe for systemd', () => {
  const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;
  const UNIT = 'heartbeat-worker@.service';

  function verify(text: string): string {
    const file = join(folder.path, UNIT);
    writeFileSync(file, text);
    const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    return `${status}${stderr}${stdout}`;
  }

  it.skipIf(!canVerify)('is what systemd takes', () => {
    expect(verify(read(UNIT))).toBe('0');
  });

  it.skipIf(!canVerify)('would not pass with a mistake', () => {
    expect(verify(read(UNIT).replace('KillMode=mixed', 'KillMode=some'))).not.toBe('0');
    expect(verify(read(UNIT).replace('TimeoutStopSec', 'TimeoutStopSecs'))).not.toBe('0');
  });

  it('leaves the worker more time to end than its work has', () => {
    const [grace, stop] = [/--grace (\d+)/, /TimeoutStopSec=(\d+)/].map((pattern) =>
      Number(pattern.exec(read(UNIT))?.[1]),
    );
    expect(stop).toBeGreaterThan(grace ?? Number.NaN);
  });
});

/** Throws for the first manifest that does not fit. */
const VALIDATE = `
  import { readFileSync } from 'node:fs';
  import { parseAllDocuments } from 'yaml';
  for (const document of parseAllDocuments(readFileSync(process.argv[2], 'utf8'))) {
    const manifest = document.toJS();
    const { [manifest.kind]: Model } = await import('kubernetes-models/' + manifest.apiVersion);
    new Model(manifest).validate();
    console.log(manifest.kind);
  }
`;

describe('the recipe for Kubernetes', () => {
  beforeAll(async () => {
    writeFileSync(join(folder.path, 'package.json'), '{"private":true}');
    writeFileSync(join(folder.path, 'validate.mjs'), VALIDATE);
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', KUBERNETES_MODELS, YAML];
    await run('npm', install, { cwd: folder.path });
  });

  async function validate(text: string): Promise<string> {
    const file = join(folder.path, 'manifests.yaml');
    writeFileSync(file, text);
    const { stdout } = await run(process.execPath, ['validate.mjs', file], { cwd: folder.path });
    return stdout;
  }

  it('fits the schema of Kubernetes', async () => {
    expect(await validate(read('kubernetes.yaml'))).toBe('Secret\nSecret\nJob\n');
  });

  it('would not pass with a mistake', async () => {
    const mistaken = read('kubernetes.yaml').replace('backoffLimit: 0', 'backoffLimit: none');
    await expect(validate(mistaken)).rejects.toThrow(/backoffLimit/);
  });
});

const SHELLS = [['sh'], ['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '']) => spawnSync(program, ['-c', ':']).error === undefined,
);

describe('the recipe for cron', () => {
  it.each(SHELLS)('runs its task once, under %s', async (...shell: readonly string[]) => {
    await using relay = await ScriptedRelay.open(inTurn(recorded()));
    using own = new AFolder();
    const bin = join(own.path, 'bin');
    mkdirSync(bin);
    const command = `exec '${process.execPath}' '${ROOT}worker/src/cli.ts' "$@"\n`;
    writeFileSync(join(bin, 'swf-heartbeat-worker'), `#!/bin/sh\n${command}`);
    chmodSync(join(bin, 'swf-heartbeat-worker'), 0o755);
    writeFileSync(
      join(own.path, 'work'),
      `#!/bin/sh\necho "worked \${TASK_TOKEN-without}" >>'${own.path}/seen'\nread -r _ <'${own.path}/go'\nexit 7\n`,
    );
    chmodSync(join(own.path, 'work'), 0o755);
    writeFileSync(join(own.path, 'key'), KEY);
    const task = join(own.path, 'task');
    writeFileSync(task, `TASK_TOKEN='${TASK_TOKEN}'\nHEARTBEAT_TIMEOUT_SECONDS=60\n`);
    copyFileSync(join(RECIPES, 'cron.sh'), join(own.path, 'cron.sh'));
    const [program = '', ...more] = shell;
    // As cron does it: nearly no variables.
    const env = {
      PATH: `${bin}:/usr/bin:/bin`,
      HEARTBEAT_RELAY_URL: relay.url,
      HEARTBEAT_KEY_FILE: join(own.path, 'key'),
      WORK: join(own.path, 'work'),
    };
    const start = async () => run(program, [...more, join(own.path, 'cron.sh'), task], { env });
    await run('mkfifo', [join(own.path, 'go')]);
    const started = start();
    await until('a heartbeat', () => (relay.received.length > 0 ? true : undefined));
    writeFileSync(join(own.path, 'go'), 'go\n');
    await expect(started).rejects.toMatchObject({ code: 7, stdout: '', stderr: '' });
    await expect(start()).resolves.toMatchObject({ stdout: '', stderr: '' });
    expect(readFileSync(join(own.path, 'seen'), 'utf8')).toBe('worked without\n');
    expect(readdirSync(own.path).filter((name) => name.startsWith('task'))).toEqual([]);
    expect(existsSync(task)).toBe(false);
  });

  const hasShellcheck = spawnSync('shellcheck', ['--version']).error === undefined;
  it.skipIf(!hasShellcheck)('has nothing that shellcheck complains about', () => {
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', join(RECIPES, 'cron.sh')], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});

it('the recipe for PowerShell says that nobody has run it', () => {
  expect(read('windows.ps1')).toMatch(/^# NOT RUN/);
  expect(read('README.md')).toMatch(/windows\.ps1.*\*\*not run\*\*/);
});
