import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { READERS } from '../cli/env-readers.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { ROOT } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { ISSUED, type IssuedJson, SHOWN } from './keys-command.ts';
import { issueVersion1 } from './version-1-key.ts';

const shell = promisify(execFile);

let a: AStack;
let foreignToken: string;
beforeAll(async () => {
  a = await startStack();
  const heartbeat: unknown = JSON.parse(readFileSync(`${a.statePath}/heartbeat-billing.json`, 'utf8'));
  foreignToken = z.object({ taskToken: z.string() }).parse(heartbeat).taskToken;
});
afterAll(() => a.close());

const keys = async (...args: string[]) => runProgram(['keys', ...args, '--local', '--state', a.statePath]);

async function print(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await keys(...args);
  if (exitCode === 0) return stdout;
  throw new Error(stderr);
}

const issue = async (output: string, ...domains: string[]): Promise<string> =>
  print('issue', '--label', 'press-7', ...domains.flatMap((name) => ['--domain', name]), '--output', output);

const issueJson = async (...domains: string[]): Promise<IssuedJson> =>
  ISSUED.parse(JSON.parse(await issue('json', ...domains)));

const endpointsOf = (domain: string) => ({
  domain,
  heartbeatUrl: `${a.stack.relayUrl}/domains/${domain}/heartbeats`,
  awsEndpoint: `${a.stack.relayUrl}/domains/${domain}`,
  region: a.stack.region,
});

const [KEY_ID, SECRET] = [/HBRK[A-Z2-7]{16}/, /(?<![\w-])[\w-]{43}(?![\w-])/];

/** What the env output says, of the key that it is about. */
function toVariables(printed: string, domain: string) {
  const [keyId = ''] = KEY_ID.exec(printed) ?? [];
  const [secret = ''] = SECRET.exec(printed) ?? [];
  const { heartbeatUrl, awsEndpoint, region } = endpointsOf(domain);
  return {
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: secret,
    HEARTBEAT_RELAY_URL: a.stack.relayUrl,
    HEARTBEAT_KEY: `${keyId}.${secret}`,
    HEARTBEAT_DOMAIN: domain,
    HEARTBEAT_URL: heartbeatUrl,
    AWS_ENDPOINT_URL_SWF: awsEndpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

describe('the default domain of keys issue is the first one named', () => {
  it.each([
    { named: ['orders', 'billing'] },
    { named: ['billing', 'orders'] },
    { named: ['orders', 'billing', 'orders'] },
  ])('$named', async ({ named }) => {
    const [first = '', second = ''] = named;
    const [block, env, profiles] = [
      await issue('table', ...named),
      await issue('env', ...named),
      await issue('aws-profile', ...named),
    ];
    expect(block).toContain(`: domains ${first}, ${second}, expires `);
    expect(block).toMatch(new RegExp(`^ {2}try {2}printf .* \\| curl -sS ${endpointsOf(first).heartbeatUrl} `, 'm'));
    expect(env).toContain(`\nHEARTBEAT_DOMAIN=${first}\n`);
    expect([...profiles.matchAll(/^\[profile heartbeat-relay-(.*)\]$/gm)].map(([, domain]) => domain)).toEqual([
      first,
      second,
    ]);
    expect((await issueJson(...named)).endpoints.map(({ domain }) => domain)).toEqual([first, second]);
  });

  it('although the grant is sorted, and the secret is the same for either order', async () => {
    const issued = await issueJson('orders', 'billing');
    expect(issued.domains).toEqual(['billing', 'orders']);
    const worker = { authorization: `Bearer ${issued.keyId}.${issued.secret}` };
    for (const [domain, taskToken] of [
      ['orders', a.connection.task.taskToken],
      ['billing', foreignToken],
    ] as const) {
      const { heartbeatUrl } = endpointsOf(domain);
      const answer = await fetch(heartbeatUrl, {
        method: 'POST',
        headers: worker,
        body: JSON.stringify({ taskToken }),
      });
      expect(await answer.json()).toMatchObject({ forwarded: true });
    }
  });

  it('and stays so in keys show and after a rotation', async () => {
    const { keyId } = await issueJson('orders', 'billing');
    const order = (text: string): string[] =>
      z
        .object({ endpoints: SHOWN.shape.endpoints })
        .parse(JSON.parse(text))
        .endpoints.map(({ domain }) => domain);
    const shown = await print('show', keyId, '--output', 'json');
    expect(order(shown)).toEqual(['orders', 'billing']);
    expect(SHOWN.parse(JSON.parse(shown)).domains).toEqual(['billing', 'orders']);
    expect(order(await print('rotate', keyId, '--overlap', '1h', '--output', 'json'))).toEqual(['orders', 'billing']);
  });
});

describe('keys issue and keys show name both URLs of each domain', () => {
  it('as text', async () => {
    const issued = await issue('table', 'orders', 'billing');
    const [keyId = ''] = KEY_ID.exec(issued) ?? [];
    for (const text of [issued, await print('show', keyId)]) {
      const [titles, ...rows] = text
        .trimEnd()
        .split('\n')
        .slice(-3)
        .map((line) => line.split(/ {2,}/));
      expect(titles).toEqual(['domain', 'POST heartbeats to', 'endpoint of AWS clients', 'their region']);
      expect(rows).toEqual(['orders', 'billing'].map((domain) => Object.values(endpointsOf(domain))));
    }
  });

  it('as JSON', async () => {
    const issued = await issueJson('orders', 'billing');
    expect(issued.endpoints).toEqual([endpointsOf('orders'), endpointsOf('billing')]);
    expect(SHOWN.parse(JSON.parse(await print('show', issued.keyId, '--output', 'json'))).endpoints).toEqual(
      issued.endpoints,
    );
  });

  it.each(READERS)('as variables, and keys show without the secret: $reader', async ({ read }) => {
    const issued = await issue('env', 'orders', 'billing');
    const [keyId = ''] = KEY_ID.exec(issued) ?? [];
    const { AWS_SECRET_ACCESS_KEY: _secret, HEARTBEAT_KEY: _key, ...others } = toVariables(issued, 'orders');
    const shown = await print('show', keyId, '--output', 'env');
    expect(read(shown)).toEqual(others);
    expect(shown).not.toMatch(SECRET);
  });

  it('and keys show refuses env for a domain in the table that would be a command', async () => {
    const request = { label: 'press-7', domains: ['orders'], expiresAtMs: null };
    const { keyId } = await issueVersion1(a.target, request, Date.now());
    await a.target.dynamodb.send(
      new UpdateItemCommand({
        TableName: a.target.workerKeysTable,
        Key: { keyId: { S: keyId } },
        UpdateExpression: 'SET domains = :domains',
        ExpressionAttributeValues: { ':domains': { L: [{ S: 'orders' }, { S: 'a\nrm -rf x' }] } },
      }),
    );
    expect(await keys('show', keyId, '--output', 'env')).toEqual(aRefusal(/--output env can't write HEARTBEAT_DOMAIN/));
    expect(await print('show', keyId)).toContain('a?rm -rf x');
  });
});

describe('keys issue --output env', () => {
  it.each(READERS)('is read by $reader as one variable a line', async ({ read }) => {
    const text = await issue('env', 'orders', 'billing');
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(?:# .*|[A-Z_]+=[\w.:/-]+)$/);
    expect(read(text)).toEqual(toVariables(text, 'orders'));
    // The other domain's lines are comments. Uncommented, they take the place of the first one's.
    const [, others = ''] = text.split('# For the domain billing, these lines instead:\n');
    expect(read(text + others.replaceAll('# ', ''))).toEqual(toVariables(text, 'billing'));
  });

  it('makes a shell ready for curl and for an AWS SDK, read as its comment says, whatever was set in that shell', async () => {
    using folder = new AFolder();
    const text = await issue('env', 'orders', 'billing');
    const file = `${folder.path}/worker.env`;
    writeFileSync(file, text);
    const howTo = /^# For docker --env-file, dotenv, and shells: (?<line>.*)$/m.exec(text)?.groups?.['line'] ?? '';
    const operator = { AWS_SESSION_TOKEN: 'of another', AWS_PROFILE: 'of-another', AWS_REGION: 'us-east-1' };
    const then = async (command: string): Promise<unknown> => {
      const script = `set -eu; ${howTo.replace('./worker.env', file)}; ${command}`;
      return JSON.parse(
        (await shell('sh', ['-c', script], { env: { ...process.env, ...operator }, cwd: ROOT })).stdout,
      );
    };
    const body = JSON.stringify({ taskToken: a.connection.task.taskToken });
    const curl = `curl -sS "$HEARTBEAT_URL" -H "Authorization: Bearer $HEARTBEAT_KEY" -d '${body}'`;
    expect(await then(curl)).toMatchObject({ forwarded: true });
    const {
      AWS_ACCESS_KEY_ID: keyId,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: region,
      AWS_ENDPOINT_URL_SWF,
    } = toVariables(text, 'orders');
    const seen = { url: `${AWS_ENDPOINT_URL_SWF}/`, keyId, secret, region, hasSessionToken: false };
    expect(await then(`exec ${process.execPath} test/e2e/keys-sdk-view.ts`)).toEqual(seen);
  });

  it.each(['env', 'aws-profile'])('%s warns of SDKs and CLIs that ignore the endpoint, in comments', async (output) => {
    const text = await issue(output, 'orders');
    const comments = text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .join('\n');
    expect(comments).toContain('ignore the endpoint below and send the task token to the real SWF');
    for (const client of [
      'AWS SDK for JavaScript 2',
      'for Java 1',
      'for Java 2 before 2.28',
      'for Go 1',
      'boto3 before 1.28',
      'AWS CLI before 2.13',
    ]) {
      expect(comments).toContain(client);
    }
    expect(comments).toContain('Set the endpoint in code');
    expect(text.indexOf('ignore the endpoint')).toBeLessThan(
      text.search(/^(?:AWS_ENDPOINT_URL_SWF|endpoint_url|services)\b/m),
    );
  });
});
