import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { STORY } from '../../cli/verify/story.ts';
import { findKey } from '../../operator/key-records.ts';
import { toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { NO_EVENTS, toKnownKey } from '../../lambda/workers/known-key.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { loadCertificate } from '../../local/gateway/tls/certificate.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { AFolder } from './a-folder.ts';
import { AProcess, type Ended } from './a-process.ts';
import { type Meddling, startProxy } from './a-proxy.ts';
import {
  forwardAnywhere,
  openGateway,
  roleOf,
  type Sabotage,
  startRealm,
  startSabotaged,
  withoutAction,
  withRoleElsewhere,
} from './a-sabotaged-stack.ts';
import { type AStack, startStack } from './a-stack.ts';
import { until } from './until.ts';
import { UNHURRIED } from '../unhurried.ts';
import { linesOf, startVerify, writeState } from './verify-command.ts';

let a: AStack;
let folder: AFolder;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  folder = new AFolder();
  a = await startStack({ containerEnvironment: UNHURRIED });
});
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await a.close();
  folder[Symbol.dispose]();
});

const FUNCTION = /function\/Relay$/;
const TEN_MINUTES_MS = 600_000;

/** A function that was tampered with. */
const tampered = async (sabotage: Sabotage): Promise<string> => keep(await startSabotaged(a.stack, sabotage));

/** A gateway that meddles. */
const meddling = async (by: Meddling): Promise<string> => keep(await startProxy(a.stack.relayUrl, by));

function keep({ url, close }: { readonly url: string; readonly close: () => Promise<void> }): string {
  closing.push(close);
  return url;
}

/** Each opens a relay that is not as it should be, and returns its address. */
const ROWS: readonly {
  readonly given: string;
  readonly open: () => Promise<string>;
  /** The lines that say `FAIL`, and what they point to. */
  readonly says: Readonly<Record<string, RegExp>>;
}[] = [
  {
    given: 'a role that is too narrow',
    open: async () =>
      startRealm(a.stack, withoutAction(a.stack.realm, roleOf(a.stack, 'orders'), 'swf:RecordActivityTaskHeartbeat')),
    says: { heartbeat: /^503 RelayMisconfigured \(request \S+\) instead of 200: the role of orders is too narrow/ },
  },
  {
    given: 'a role for another region',
    open: async () => startRealm(a.stack, withRoleElsewhere(a.stack, 'orders', 'us-east-1')),
    says: { heartbeat: /^503 RelayMisconfigured .*the role of orders is too narrow, names another region/ },
  },
  {
    given: 'a function that may assume no role',
    open: async () => startRealm(a.stack, withoutAction(a.stack.realm, FUNCTION, 'sts:AssumeRole')),
    says: { heartbeat: /^503 RelayMisconfigured .*can't be assumed by the function/ },
  },
  {
    given: 'a KMS key that is denied',
    open: async () => startRealm(a.stack, withoutAction(a.stack.realm, FUNCTION, 'kms:GenerateMac')),
    says: { key: /^503 RelayMisconfigured .*the KMS key is denied, disabled or deleted/ },
  },
  {
    given: 'a table of task states that cannot be written',
    open: async () => startRealm(a.stack, withoutAction(a.stack.realm, FUNCTION, 'dynamodb:UpdateItem')),
    says: {
      memory: /^404 TaskUnknown .*cannot write the table of task states/,
      again: /^the relay did not store the cancel request$/,
    },
  },
  {
    given: 'an SWF that throttles everything',
    open: async () => startRealm(a.stack, a.stack.realm.access, 'swf=throttle'),
    says: { heartbeat: /^429 SwfThrottled .*throttles the account, which may send 160 heartbeats a second/ },
  },
  {
    given: 'a domain that the function takes to be in another region',
    open: async () => tampered({ environment: { RELAY_DOMAINS: '[{"name":"orders","region":"us-east-1"}]' } }),
    says: { key: /^403 DomainNotGranted .*does not declare orders, or has it in another region or account: it is not/ },
  },
  {
    given: 'a stale function, which does not declare the domain yet',
    open: async () => tampered({ environment: { RELAY_DOMAINS: '["billing"]' } }),
    says: { key: /^403 DomainNotGranted .*does not declare orders, or has it in another region or account: it is not/ },
  },
  {
    given: 'a function whose clock is ten minutes slow',
    open: async () => tampered({ clock: () => Date.now() - TEN_MINUTES_MS }),
    says: {
      clock: /^the function's clock is -(?:599|600|601) s off/,
      'signed path/': /^sent .*: InvalidSignatureException, .*: the clocks are more than 5 minutes apart$/,
      'signed path': /InvalidSignatureException/,
      'signed root': /InvalidSignatureException/,
    },
  },
  {
    given: 'a function that derives secrets from another KMS key',
    open: async () =>
      tampered({
        over: ({ clock }) => ({
          verifyProof: createVerifyProof({
            clock,
            findKey: async (keyId) => toKnownKey((await findKey(a.target, keyId)).record, NO_EVENTS),
            deriveSecret: async () => toWorkerSecret(randomBytes(32)),
          }),
        }),
      }),
    says: { key: /^401 Unauthenticated .*or another KMS key$/ },
  },
  {
    given: "an SWF that does not look at a token's domain",
    open: async () => tampered({ over: () => ({ forward: forwardAnywhere(a.stack) }) }),
    says: {
      'foreign token':
        /^SWF recorded a heartbeat of relay-verify under the role of orders: .*only the grant check protects$/,
    },
  },
  {
    given: "a gateway that keeps AWS's Authorization header to itself",
    open: async () =>
      meddling({
        toHeaders: (headers) => {
          const { authorization, ...others } = headers;
          return String(authorization).startsWith('AWS4') ? others : headers;
        },
      }),
    says: {
      'signed path/': /MissingAuthenticationTokenException, .*: the gateway does not pass a SigV4 Authorization/,
      'signed path': /MissingAuthenticationTokenException/,
      'signed root': /MissingAuthenticationTokenException/,
    },
  },
  {
    given: 'a gateway that drops headers that it does not know',
    open: async () =>
      meddling({
        toHeaders: (headers) =>
          Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-relay-'))),
      }),
    says: { 'signed paced': /InvalidSignature|UnrecognizedClient|IncompleteSignature/ },
  },
  {
    given: 'a function of a version that does not pace',
    open: async () =>
      meddling({ toAnswerBody: (body) => body.replace('"forwarded":false,"code":"Paced"', '"forwarded":true') }),
    says: {
      paced: /^200 instead of 200 Paced: the relay did not read, or did not store, when SWF accepted the first one$/,
    },
  },
  {
    given: 'a gateway that knows no path with a slash at its end',
    open: async () =>
      meddling({
        answerTo: (path) =>
          path.length > 1 && path.endsWith('/') ? { status: 404, body: '{"message":"Not Found"}' } : undefined,
      }),
    says: {
      'signed path/': /: the gateway itself refuses it, because of the Authorization header or the trailing slash$/,
    },
  },
  {
    given: 'a gateway that answers with what it was sent, and more',
    open: async () =>
      meddling({
        answerTo: (path, sent) =>
          path.includes('/tasks/') ? { status: 403, body: JSON.stringify({ message: `${sent}\u001b[2J` }) } : undefined,
      }),
    says: { key: /^403 Bearer HBRK\w{16}\.… \[2J instead of 404 TaskUnknown$/ },
  },
  {
    given: 'a function of a version that answered in another form',
    open: async () => meddling({ toAnswerBody: (body) => body.replace('"forwarded":true,', '') }),
    says: { heartbeat: /^forwarded undefined, cancelRequested false instead of true, false$/ },
  },
  {
    given: 'a certificate that nobody vouches for',
    open: async () => {
      const certificate = await loadCertificate(StateFolder.open(folder.state('tls')), Date.now());
      const never = { statusCode: 500, headers: {}, body: '{}' };
      return keep(await openGateway(a.stack, async () => never, certificate));
    },
    says: { address: /^the TLS certificate is not trusted: (?:UNABLE_TO_VERIFY|SELF_SIGNED|DEPTH_ZERO)\w+$/ },
  },
];

/** The command on this relay: AWS names its address in place of the stack's own, and may meddle with more. */
async function startOn(relayUrl: string, name: string, options: readonly string[] = [], aws: Meddling = {}) {
  const toAnswerBody = (body: string): string => body.replaceAll(a.stack.relayUrl, relayUrl);
  const awsUrl = keep(await startProxy(a.stack.awsUrl, { toAnswerBody, ...aws }));
  const statePath = folder.state(name);
  writeState(statePath, { ...a.connection, awsUrl });
  return startVerify(statePath, '--yes', ...options);
}

/** Ends the command where it would wait for a minute until the revocation holds. */
async function endBeforeRevocation(verify: AProcess): Promise<Ended> {
  await until('the line before the revocation', () => /^\S+ +silence /m.test(verify.printed) || undefined);
  return verify.signal('SIGINT');
}

/** But for the speed of this machine, which may be busy. */
const failuresOf = (ended: Ended) => linesOf(ended).filter(({ kind, name }) => kind === 'fail' && name !== 'speed');

/** Where AWS itself answers otherwise than the API reference says. The relay is as it should be. */
describe.concurrent('npm run verify says who said what', () => {
  it('cannot tell how characters are counted at an endpoint without length limits', async () => {
    const long = 'x'.repeat(2_049);
    const answerTo: Meddling['answerTo'] = (_path, _authorization, sent) =>
      sent.includes(long) ? { status: 200, body: '{"cancelRequested":false}' } : undefined;
    const ended = await endBeforeRevocation(await startOn(a.stack.relayUrl, 'no-limits', [], { answerTo }));
    expect(failuresOf(ended)).toEqual([]);
    expect(linesOf(ended).find(({ name }) => name === 'characters')).toEqual({
      kind: 'skip',
      name: 'characters',
      text: "can't tell: SWF itself accepts 2,049 characters, so it does not count them",
    });
  });

  it('quotes SWF itself, never the relay, as SWF', async () => {
    const toAnswerBody = (body: string): string => body.replaceAll('Unknown activity', 'No such activity');
    const ended = await endBeforeRevocation(await startOn(a.stack.relayUrl, 'other-words', [], { toAnswerBody }));
    const text: unknown = expect.stringMatching(/^SWF itself says "UnknownResourceFault: No such activity/);
    expect(failuresOf(ended)).toEqual([{ kind: 'fail', name: 'canceled', text }]);
  });
});

describe.concurrent('npm run verify names what is wrong with', () => {
  it.each(ROWS)('$given', async ({ given, open, says }) => {
    const verify = await startOn(await open(), given.replaceAll(/\W/g, '-'));
    const isWithoutKey = 'key' in says || 'address' in says;
    const ended = await (isWithoutKey ? verify.ended : endBeforeRevocation(verify));
    const wanted = Object.entries(says).map(([name, text]) => [name, expect.stringMatching(text) as unknown] as const);
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({
      exitCode: isWithoutKey ? 1 : 130,
      stderr: '',
    });
    expect(failuresOf(ended).map(({ name, text }) => [name, text])).toEqual(wanted);
    expect(ended.stdout).not.toMatch(/[\w-]{43}/);
    const revoked = linesOf(ended).find(({ name }) => name === 'revoked');
    expect(revoked?.text).toBe(isWithoutKey ? 'not checked, because of key' : undefined);
  });

  it('a gateway that renames headers of answers, as REST APIs do, and still looks at the revocation', async () => {
    const relayUrl = await meddling({
      toAnswerHeaders: ({ 'www-authenticate': scheme, ...headers }) =>
        scheme === undefined ? headers : { ...headers, 'x-amzn-remapped-www-authenticate': scheme },
    });
    const ended = await (await startOn(relayUrl, 'renamed')).ended;
    expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
    const text = 'x-amzn-remapped-www-authenticate: Bearer instead of www-authenticate: Bearer';
    expect(failuresOf(ended)).toEqual([{ kind: 'fail', name: 'headers back', text }]);
    expect(linesOf(ended).find(({ name }) => name === 'revoked')?.kind).toBe('ok');
  });

  it('a relay that takes longer than 4.5 s', async () => {
    const relayUrl = await meddling({
      answerTo: (path) => (path.includes('/tasks/') ? { status: 403, body: '{}' } : undefined),
      toDelayMs: (path) => (path.includes('/tasks/') ? 4_600 : 0),
    });
    const ended = await (await startOn(relayUrl, 'slow')).ended;
    const speed = linesOf(ended).find(({ name }) => name === 'speed');
    expect(speed?.text).toMatch(/^an answer took \d+ ms instead of at most 4500 ms$/);
  });

  it('quietly where nobody reads it, but not as a success', async () => {
    const statePath = folder.state('closed');
    writeState(statePath, a.connection);
    const command = `${process.execPath} cli/heartbeat-relay.mjs verify --local --yes --state ${statePath}`;
    const { stdout, stderr } = await new AProcess('bash', ['-c', `${command} | head -1; echo "\${PIPESTATUS[*]}"`])
      .ended;
    expect(stdout).toMatch(/^HeartbeatRelay-dev in account .*\n1 0\n$/);
    expect(stderr).toBe('');
  });
});

const LINE = z.strictObject({ kind: z.enum(['ok', 'fail', 'skip']), name: z.string(), text: z.string() });

describe('npm run verify -- --output json', () => {
  it('prints each check as an object on a line of its own, and nothing else', async () => {
    const nowhere = keep(await openGateway(a.stack, async () => ({ statusCode: 404, headers: {}, body: '' })));
    const { exitCode, stdout } = await (await startOn(nowhere, 'json', ['--output', 'json'])).ended;
    expect(exitCode).toBe(1);
    const checks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => LINE.parse(JSON.parse(line)));
    expect(checks[0]).toMatchObject({ kind: 'fail', name: 'address' });
    expect(checks.map(({ name }) => name)).toEqual(STORY.map(({ name }) => name));
  });
});
