import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { findLocal } from '../../cli/target.ts';
import { readme } from '../docs/recordings.ts';
import { filesBelow } from './a-folder.ts';
import { type Ended, runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './beats.ts';

const shell = promisify(execFile);

const ISSUED = z.strictObject({
  keyId: z.string().regex(/^HBRK[A-Z2-7]{16}$/),
  secret: z.string().regex(/^[\w-]{43}$/),
  label: z.string(),
  domains: z.array(z.string()),
  expiresAt: z.iso.datetime(),
});

let a: AStack;
let foreignToken: string;
beforeAll(async () => {
  a = await startStack();
  const beat: unknown = JSON.parse(readFileSync(`${a.statePath}/beat-billing.json`, 'utf8'));
  foreignToken = z.object({ taskToken: z.string() }).parse(beat).taskToken;
});
afterAll(() => a.close());

const issue = (...options: string[]): Promise<Ended> =>
  runNode(['cli/keys.ts', 'issue', '--local', '--state', a.statePath, '--label', 'press-7', ...options]);

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
  it('prints a key as JSON and nothing else, which works on each of its domains', async () => {
    const beforeMs = Date.now();
    const options = ['--domain', 'orders', '--domain', 'billing', '--expires-in', '90d', '--output', 'json'];
    const { exitCode, stdout, stderr } = await issue(...options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const issued = ISSUED.parse(JSON.parse(stdout));
    expect(issued).toMatchObject({ label: 'press-7', domains: ['billing', 'orders'] });
    const inDays = (Date.parse(issued.expiresAt) - beforeMs) / 86_400_000;
    expect(inDays).toBeGreaterThanOrEqual(90);
    expect(inDays).toBeLessThan(90.01);
    const worker = new Worker(a.stack.relayUrl, issued);
    const granted = { status: 200, body: { forwarded: true } };
    expect(await worker.beat('orders', a.connection.task.taskToken)).toMatchObject(granted);
    expect(await worker.beat('billing', foreignToken)).toMatchObject(granted);
  });

  it('P6: the secret is in no file of the state folder, and in no line of the log', async () => {
    const { stdout } = await issue('--domain', 'orders', '--output', 'json');
    const issued = ISSUED.extend({ expiresAt: z.null() }).parse(JSON.parse(stdout));
    const worker = new Worker(a.stack.relayUrl, issued);
    await worker.beat('orders', a.connection.task.taskToken);
    await worker.beat('billing', foreignToken);
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

  it('without --output json prints one block, whose curl line works when pasted', async () => {
    const { exitCode, stdout, stderr } = await issue('--domain', 'orders');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Worker key HBRK[A-Z2-7]{16} for press-7: domains orders, does not expire\.$/m);
    expect(stdout).toContain(`  url  ${a.stack.relayUrl}\n`);
    expect(stdout).toMatch(/^ {2}key {2}HBRK[A-Z2-7]{16}\.[\w-]{43}$/m);
    const { line = '' } = /^ {2}try {2}(?<line>curl .*)$/m.exec(stdout)?.groups ?? {};
    expect(line).toContain('"…"');
    const pasted = await shell('sh', ['-c', line.replace('…', a.connection.task.taskToken)]);
    expect(JSON.parse(pasted.stdout)).toMatchObject({ cancelRequested: false, forwarded: true });
  });

  it.concurrent.each(['a*', 'a b', '{aws}', '$', '?', '..', 'arn', '', 'órdenes', 'orders,billing'])(
    'refuses the domain name "%s"',
    async (domain) => {
      const { exitCode, stdout, stderr } = await issue('--domain', 'orders', '--domain', domain);
      expect(stderr).toMatch(/^--domain .* is not a domain name the relay takes: [^\n]+\n$/);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    },
  );

  it('P2: a key for a domain that the stack does not declare opens nothing', async () => {
    const { stdout } = await issue('--domain', 'elsewhere', '--output', 'json', '--expires-in', '1d');
    const worker = new Worker(a.stack.relayUrl, ISSUED.parse(JSON.parse(stdout)));
    const refused = { status: 403, body: { code: 'DomainNotGranted' } };
    expect(await worker.beat('elsewhere', a.connection.task.taskToken)).toMatchObject(refused);
    expect(await worker.beat('orders', a.connection.task.taskToken)).toMatchObject(refused);
  });

  it('a key that is revoked as the README says is refused', async () => {
    const { stdout } = await issue('--domain', 'orders', '--output', 'json', '--label', 'leaver');
    const issued = z.object({ keyId: z.string(), secret: z.string() }).parse(JSON.parse(stdout));
    const worker = new Worker(a.stack.relayUrl, issued);
    expect((await worker.beat('orders', a.connection.task.taskToken)).status).toBe(200);
    const target = await findLocal(a.connection);
    await target.dynamodb.send(
      new UpdateItemCommand({
        TableName: target.workerKeysTable,
        Key: { keyId: { S: issued.keyId } },
        UpdateExpression: optionOf('update-expression'),
        ExpressionAttributeNames: z
          .record(z.string(), z.string())
          .parse(JSON.parse(optionOf('expression-attribute-names'))),
        ExpressionAttributeValues: z
          .record(z.string(), z.object({ S: z.string() }))
          .parse(JSON.parse(optionOf('expression-attribute-values'))),
      }),
    );
    await a.stack.functionHost.replaceContainers();
    expect((await worker.beat('orders', a.connection.task.taskToken)).status).toBe(401);
  });
});

/** An option of the AWS CLI as the README has it. */
function optionOf(name: string): string {
  return new RegExp(`--${name} '(?<value>[^']+)'`).exec(readme)?.groups?.['value'] ?? '';
}
