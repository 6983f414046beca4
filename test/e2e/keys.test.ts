import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { issueKey } from '../../operator/issue.ts';
import { findLocal } from '../../operator/target.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder, filesBelow } from './a-folder.ts';
import { runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { ISSUED } from './keys-command.ts';

const shell = promisify(execFile);

let a: AStack;
let foreignToken: string;
beforeAll(async () => {
  a = await startStack();
  const heartbeat: unknown = JSON.parse(readFileSync(`${a.statePath}/heartbeat-billing.json`, 'utf8'));
  foreignToken = z.object({ taskToken: z.string() }).parse(heartbeat).taskToken;
});
afterAll(() => a.close());

const toArgs = (...options: string[]): string[] => [
  'keys',
  'issue',
  '--local',
  '--state',
  a.statePath,
  '--label',
  'press-7',
  ...options,
];

const issue = async (...options: string[]) => runProgram(toArgs(...options));

const SDK_VIEW = 'test/e2e/keys-sdk-view.ts';

/** Where and as whom an SDK sends a heartbeat in a domain with the key that was printed. */
function seenBy(printed: string, domain: string) {
  const [keyId] = /HBRK[A-Z2-7]{16}/.exec(printed) ?? [];
  const [secret] = /(?<![\w-])[\w-]{43}(?![\w-])/.exec(printed) ?? [];
  const url = `${a.stack.relayUrl}/domains/${domain}/`;
  return { url, keyId, secret, region: a.stack.region, hasSessionToken: false };
}

/** A secret in every form in which it could have been written down. */
function formsOf(secret: string): Buffer[] {
  const raw = Buffer.from(secret, 'base64url');
  const text = Buffer.from(secret);
  const written = [raw, text].flatMap((bytes) =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) =>
      Buffer.from(bytes.toString(encoding).replace(/=+$/, '')),
    ),
  );
  return [raw, text, ...written, Buffer.from(raw.toString('hex').toUpperCase())];
}

describe('npm run keys -- issue --local', () => {
  it('prints, as a process, a key as JSON and nothing else, which works on each of its domains', async () => {
    const beforeMs = Date.now();
    const options = ['--domain', 'orders', '--domain', 'billing', '--expires-in', '90d', '--output', 'json'];
    const { exitCode, stdout, stderr } = await runNode(['cli/heartbeat-relay.mjs', ...toArgs(...options)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const issued = ISSUED.parse(JSON.parse(stdout));
    expect(issued).toMatchObject({ label: 'press-7', domains: ['billing', 'orders'] });
    const inDays = (Date.parse(issued.expiresAt ?? '') - beforeMs) / 86_400_000;
    expect(inDays).toBeGreaterThanOrEqual(90);
    expect(inDays).toBeLessThan(90.01);
    const worker = new Worker(a.stack.relayUrl, issued);
    const granted = { status: 200, body: { forwarded: true } };
    expect(await worker.heartbeat('orders', a.connection.task.taskToken)).toMatchObject(granted);
    expect(await worker.heartbeat('billing', foreignToken)).toMatchObject(granted);
  });

  it('refuses a domain that the stack does not declare, for its workers would get nothing but 403', async () => {
    expect(await issue('--domain', 'orders', '--domain', 'ordres')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'HeartbeatRelay-dev does not declare ordres; --domain takes: orders, billing\n',
    });
  });

  it('P6: the secret is in no file of the state folder, and in no line of the log', async () => {
    const { stdout } = await issue('--domain', 'orders', '--output', 'json');
    const issued = ISSUED.parse(JSON.parse(stdout));
    const worker = new Worker(a.stack.relayUrl, issued);
    await worker.heartbeat('orders', a.connection.task.taskToken);
    await worker.heartbeat('billing', foreignToken);
    const files = filesBelow(a.statePath);
    const holding = (forms: readonly Buffer[]): string[] =>
      files.filter((file) => forms.some((form) => readFileSync(file).includes(form)));
    // The search finds what is there: the key of the printed steps, in the two files that are for its worker.
    const found = holding(formsOf(a.connection.worker.secret)).map((file) => basename(file));
    expect(new Set(found)).toEqual(new Set(['connection.json', 'worker.header']));
    expect(holding(formsOf(issued.secret))).toEqual([]);
    expect(a.logLines.length).toBeGreaterThan(0);
    const log = Buffer.from(a.logLines.join('\n'), 'latin1');
    expect(formsOf(issued.secret).filter((form) => log.includes(form))).toEqual([]);
  });

  it('--output aws-profile prints a profile a domain, ready for ~/.aws/config', async () => {
    const { stdout, stderr } = await issue('--domain', 'orders', '--domain', 'billing', '--output', 'aws-profile');
    expect(stderr).toBe('');
    using folder = new AFolder();
    const config = `${folder.path}/config`;
    writeFileSync(config, `[default]\nregion = us-east-1\n${stdout}`);
    for (const domain of ['orders', 'billing']) {
      const seen = await runNode([SDK_VIEW], {
        AWS_CONFIG_FILE: config,
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_PROFILE: `heartbeat-relay-${domain}`,
      });
      expect(JSON.parse(seen.stdout)).toEqual(seenBy(stdout, domain));
    }
  });

  it('without --output json prints one block, whose curl line works when pasted, and has no secret in it', async () => {
    const { exitCode, stdout, stderr } = await issue('--domain', 'orders');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Worker key HBRK[A-Z2-7]{16} for press-7: domains orders, expires \S+Z\.$/m);
    expect(stdout).toContain('\nWith a task, it may: heartbeat.\n');
    expect(stdout).toContain(`  url  ${a.stack.relayUrl}\n`);
    expect(stdout).toMatch(/^ {2}key {2}HBRK[A-Z2-7]{16}\.[\w-]{43}$/m);
    const { line = '' } = /^ {2}try {2}(?<line>printf .* \| curl .*)$/m.exec(stdout)?.groups ?? {};
    expect(line).toContain('"…"');
    const [key = ''] = /HBRK[A-Z2-7]{16}\.[\w-]{43}/.exec(stdout) ?? [];
    expect(line).not.toContain(key.split('.')[1]);
    const env = { ...process.env, HEARTBEAT_KEY: key };
    const pasted = await shell('sh', ['-c', line.replace('…', a.connection.task.taskToken)], { env });
    expect(JSON.parse(pasted.stdout)).toMatchObject({ cancelRequested: false, forwarded: true });
  });

  it('warns of a key without heartbeats, for every worker of the kit would get 403', async () => {
    const ends = ['--domain', 'orders', '--operation', 'fail', '--operation', 'complete'];
    const warned = /^HBRK[A-Z2-7]{16} may not send heartbeats, which every worker of the kit sends: [^\n]+\n$/;
    const block = await issue(...ends);
    expect(block.stderr).toMatch(warned);
    expect(block.stdout).toContain('\nWith a task, it may: complete, fail.\n');
    const json = await issue(...ends, '--output', 'json');
    expect(json.stderr).toMatch(warned);
    const issued = ISSUED.parse(JSON.parse(json.stdout));
    const { status, body } = await new Worker(a.stack.relayUrl, issued).heartbeat(
      'orders',
      a.connection.task.taskToken,
    );
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'DomainNotGranted' } });
    expect((await issue(...ends, '--operation', 'heartbeat', '--output', 'env')).stderr).toBe('');
  });

  it.each(['a*', 'a b', '{aws}', '$', '?', '..', 'arn', '', 'órdenes', 'orders,billing'])(
    'refuses the domain name "%s"',
    async (domain) => {
      const { exitCode, stdout, stderr } = await issue('--domain', 'orders', '--domain', domain);
      expect(stderr).toMatch(/^--domain .* is not a domain name the relay takes: [^\n]+\n$/);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    },
  );

  it('P2: a key for a domain that the stack does not declare opens nothing', async () => {
    // As it is left after the domain was taken out of the settings: the command issues none.
    const request = { label: 'elsewhere', domains: ['elsewhere'], expiresAtMs: null };
    const worker = new Worker(a.stack.relayUrl, await issueKey(await findLocal(a.connection), request, Date.now()));
    const refused = { status: 403, body: { code: 'DomainNotGranted' } };
    expect(await worker.heartbeat('elsewhere', a.connection.task.taskToken)).toMatchObject(refused);
    expect(await worker.heartbeat('orders', a.connection.task.taskToken)).toMatchObject(refused);
  });
});
