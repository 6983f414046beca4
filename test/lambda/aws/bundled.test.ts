import { StandardRetryStrategy } from '@smithy/core/retry';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { toAwsFault } from '../../../lambda/aws/aws-fault.ts';
import type { CallerConfig } from '../../../lambda/aws/bundled/aws-call.ts';
import { AssumeRoleCommand, STSClient } from '../../../lambda/aws/bundled/sts.ts';
import { createRequestHandler, type RequestHandler } from '../../../lambda/aws/request-handler.ts';
import { type AwsCall, anAwsServer, CREDENTIALS, stubAwsEnvironment } from './fake-aws-server.ts';
import { aSession, type Send, SERVICES } from './bundled.rows.ts';

const settings = (endpoint: string): CallerConfig => ({
  region: 'eu-west-1',
  requestHandler: createRequestHandler(),
  credentials: { ...CREDENTIALS, sessionToken: 'function-session' },
  maxAttempts: 2,
  endpoint,
});

interface Output {
  readonly Mac?: Uint8Array;
  readonly Credentials?: object;
  readonly Item?: object;
  readonly Attributes?: object;
  readonly Responses?: object;
  readonly UnprocessedKeys?: object;
}

/** What the relay sees of an answer or error; the SDK's answers have more members than it reads. */
async function seen(send: Send) {
  try {
    const output: Output = await send();
    const { Mac: mac, Credentials: credentials, Item, Attributes, Responses, UnprocessedKeys } = output;
    const tables = { Item, Attributes, Responses, UnprocessedKeys };
    return { mac: mac && Buffer.from(mac).toString('hex'), credentials, ...tables };
  } catch (error) {
    const item: unknown = typeof error === 'object' && error !== null && 'Item' in error ? error.Item : undefined;
    return { ...toAwsFault(error), item };
  }
}

/** What a service sees of a call, but for what changes with the time, and what the SDK tells of itself. */
const toSeen = ({ headers: { authorization = '', ...headers }, body }: AwsCall) => ({
  type: headers['content-type'],
  target: headers['x-amz-target'],
  token: headers['x-amz-security-token'],
  scope: /Credential=AKIDEXAMPLE\/\d{8}(?<scope>[^,]+),/.exec(authorization)?.groups?.['scope'],
  isHashed: headers['x-amz-content-sha256'] !== undefined,
  json: body.startsWith('{') ? z.json().parse(JSON.parse(body)) : undefined,
  form: body.startsWith('{') ? undefined : Object.fromEntries(new URLSearchParams(body)),
});

/** Refuses every request, and keeps where it was for. */
function aDeadEnd() {
  const asked: string[] = [];
  const requestHandler: RequestHandler = {
    ...createRequestHandler(),
    handle: async ({ protocol, hostname, path, headers }) => {
      asked.push(`${protocol}//${hostname}${path} for ${headers['host']}`);
      throw new Error('a dead end');
    },
  };
  return { asked, requestHandler };
}

describe.each(SERVICES)(
  'in place of the SDK’s client, that of $name for $operation',
  ({ name, ofSdk, ours, answers }) => {
    it('sends what the SDK sends', async () => {
      const server = await anAwsServer(() => ({ status: 400, body: '' }));
      await Promise.allSettled([ofSdk(settings(server.url))()]);
      await Promise.allSettled([ours(settings(server.url))()]);
      const [bySdk, byUs, ...more] = server.calls.map(toSeen);
      expect(byUs).toEqual(bySdk);
      expect(more).toEqual([]);
    });

    it.each(['eu-west-1', 'us-east-1', 'us-gov-west-1', 'cn-north-1', 'us-iso-east-1', 'eusc-de-east-1', 'xx-new-9'])(
      'asks the SDK’s host in %s',
      async (region) => {
        const { asked, requestHandler } = aDeadEnd();
        const { endpoint: _endpoint, ...elsewhere } = { ...settings(''), region, requestHandler };
        await Promise.allSettled([ofSdk(elsewhere)()]);
        await Promise.allSettled([ours(elsewhere)()]);
        expect(asked).toHaveLength(2);
        expect(asked[1]).toBe(asked[0]);
      },
    );

    it.each(answers)('reads $given as the SDK does, after as many attempts', async ({ answer }) => {
      const server = await anAwsServer(() => answer);
      const bySdk = await seen(ofSdk(settings(server.url)));
      const attemptsOfSdk = server.calls.length;
      const byUs = await seen(ours(settings(server.url)));
      expect(byUs).toEqual(bySdk);
      expect(server.calls.length - attemptsOfSdk).toBe(attemptsOfSdk);
    });

    it.each([200, 403, 503])('makes an error of a page that is not the service’s, with status %i', async (status) => {
      const server = await anAwsServer(() => ({ status, body: '<html>a proxy’s own</html>' }));
      const outcome = await seen(ours(settings(server.url)));
      const ofNothing = name === 'sts' ? { credentials: undefined } : { name: 'SyntaxError' };
      expect(outcome).toMatchObject(status === 200 ? ofNothing : { name: '', message: '', status });
      expect(server.calls).toHaveLength(status === 503 ? 2 : 1);
    });

    it('gives up when it is told, also while it waits to try again', async () => {
      const server = await anAwsServer(() => 'hang');
      const send = ours({ ...settings(server.url), maxAttempts: 100 });
      const whileAsked = new AbortController();
      void server.received(1).then(() => whileAsked.abort());
      await expect(send({ abortSignal: whileAsked.signal })).rejects.toThrow('Request aborted');
      const whileWaiting = new AbortController();
      vi.spyOn(StandardRetryStrategy.prototype, 'refreshRetryTokenForRetry').mockImplementation(async () => {
        setImmediate(() => whileWaiting.abort());
        return new Promise(() => undefined);
      });
      onTestFinished(() => {
        vi.restoreAllMocks();
      });
      server.answer = () => ({ status: 429, body: '' });
      await expect(send({ abortSignal: whileWaiting.signal })).rejects.toMatchObject({ name: '' });
      expect(server.calls).toHaveLength(2);
    });

    it('tries again as often as is needed, as long as that helps', async () => {
      const server = await anAwsServer(() => ({ status: server.calls.length % 2 === 0 ? 200 : 503, body: '{}' }));
      const send = ours(settings(server.url));
      // The SDK's allowance is for 35 attempts that were in vain.
      for (let call = 0; call < 40; call += 1) await expect(send()).resolves.toBeDefined();
      expect(server.calls).toHaveLength(80);
    });

    it.each([
      { which: 'its own', variables: (url: string) => ({ [`AWS_ENDPOINT_URL_${name.toUpperCase()}`]: url }) },
      { which: 'every', variables: (url: string) => ({ AWS_ENDPOINT_URL: url }) },
      {
        which: 'its own before every',
        variables: (url: string) => ({
          AWS_ENDPOINT_URL: 'http://x.test',
          [`AWS_ENDPOINT_URL_${name.toUpperCase()}`]: url,
        }),
      },
    ])('signs with the environment’s credentials, and asks $which endpoint of it', async ({ variables }) => {
      const server = await anAwsServer(() => ({ status: 400, body: '' }));
      stubAwsEnvironment(variables(server.url));
      const { endpoint: _endpoint, credentials: _credentials, ...fromEnvironment } = settings('');
      await Promise.allSettled([ofSdk(fromEnvironment)()]);
      await Promise.allSettled([ours(fromEnvironment)()]);
      const [bySdk, byUs] = server.calls.map(toSeen);
      expect(byUs?.token).toBe('function-session');
      expect(byUs).toEqual(bySdk);
    });
  },
);

it('has no end of a session that cannot be read', async () => {
  const server = await anAwsServer(() => aSession('t', 'soon'));
  const { Credentials: given } = await new STSClient(settings(server.url)).send(new AssumeRoleCommand({}));
  expect(given).toMatchObject({ SessionToken: 't', Expiration: undefined });
});
