import { randomBytes } from 'node:crypto';

import { toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { NO_EVENTS, toKnownKey } from '../../lambda/workers/known-key.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import type { Access } from '../../local/aws/access.ts';
import { loadCertificate } from '../../local/gateway/tls/certificate.ts';
import type { RunningServer } from '../../local/listen.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { findKey } from '../../operator/key-records.ts';
import type { AFolder } from './a-folder.ts';
import { type Meddling, startProxy } from './a-proxy.ts';
import {
  forwardAnywhere,
  openGateway,
  roleOf,
  type Sabotage,
  startSabotaged,
  toRealm,
  withoutAction,
  withRoleElsewhere,
} from './a-sabotaged-stack.ts';
import type { AStack } from './a-stack.ts';

const FUNCTION = /function\/Relay$/;
const TEN_MINUTES_MS = 600_000;

/** What the rows open relays on, and what closes them. */
export interface Bed {
  readonly a: AStack;
  readonly folder: AFolder;
  /** @returns the address of what is closed at the end. */
  readonly keep: (running: RunningServer) => string;
}

/** A function that was tampered with, in this process. */
const tampered = async ({ a, keep }: Bed, sabotage: Sabotage): Promise<string> =>
  keep(await startSabotaged(a.stack, sabotage));

/** A function under other policies, or one that meets faults of AWS. */
const restricted = async (bed: Bed, access: Access, ...rules: readonly string[]): Promise<string> =>
  tampered(bed, { realm: toRealm(access, ...rules) });

/** A gateway that meddles, with the template's bundle behind it. */
export const meddling = async ({ a, keep }: Bed, by: Meddling): Promise<string> =>
  keep(await startProxy(a.stack.relayUrl, by));

/** Each opens a relay that is not as it should be, and returns its address. */
export const ROWS: readonly {
  readonly given: string;
  readonly open: (bed: Bed) => Promise<string>;
  /** The lines that say `FAIL`, and what they point to. */
  readonly says: Readonly<Record<string, RegExp>>;
}[] = [
  {
    given: 'a role that is too narrow',
    open: async (bed) =>
      restricted(
        bed,
        withoutAction(bed.a.stack.realm, roleOf(bed.a.stack, 'orders'), 'swf:RecordActivityTaskHeartbeat'),
      ),
    says: { heartbeat: /^503 RelayMisconfigured \(request \S+\) instead of 200: the role of orders is too narrow/ },
  },
  {
    given: 'a role for another region',
    open: async (bed) => restricted(bed, withRoleElsewhere(bed.a.stack, 'orders', 'us-east-1')),
    says: { heartbeat: /^503 RelayMisconfigured .*the role of orders is too narrow, names another region/ },
  },
  {
    given: 'a function that may assume no role',
    open: async (bed) => restricted(bed, withoutAction(bed.a.stack.realm, FUNCTION, 'sts:AssumeRole')),
    says: { heartbeat: /^503 RelayMisconfigured .*can't be assumed by the function/ },
  },
  {
    given: 'a KMS key that is denied',
    open: async (bed) => restricted(bed, withoutAction(bed.a.stack.realm, FUNCTION, 'kms:GenerateMac')),
    says: { key: /^503 RelayMisconfigured .*the KMS key is denied, disabled or deleted/ },
  },
  {
    given: 'a table of task states that cannot be written',
    open: async (bed) => restricted(bed, withoutAction(bed.a.stack.realm, FUNCTION, 'dynamodb:UpdateItem')),
    says: {
      memory: /^404 TaskUnknown .*cannot write the table of task states/,
      again: /^the relay did not store the cancel request$/,
    },
  },
  {
    given: 'an SWF that throttles everything',
    open: async (bed) => restricted(bed, bed.a.stack.realm.access, 'swf=throttle'),
    says: { heartbeat: /^429 SwfThrottled .*throttles the account, which may send 160 heartbeats a second/ },
  },
  {
    given: 'a domain that the function takes to be in another region',
    open: async (bed) => tampered(bed, { environment: { RELAY_DOMAINS: '[{"name":"orders","region":"us-east-1"}]' } }),
    says: { key: /^403 DomainNotGranted .*does not declare orders, or has it in another region or account: it is not/ },
  },
  {
    given: 'a stale function, which does not declare the domain yet',
    open: async (bed) => tampered(bed, { environment: { RELAY_DOMAINS: '["billing"]' } }),
    says: { key: /^403 DomainNotGranted .*does not declare orders, or has it in another region or account: it is not/ },
  },
  {
    given: 'a function whose clock is ten minutes slow',
    open: async (bed) => tampered(bed, { clock: () => Date.now() - TEN_MINUTES_MS }),
    says: {
      clock: /^the function's clock is -(?:599|600|601) s off/,
      'signed path/': /^sent .*: InvalidSignatureException, .*: the clocks are more than 5 minutes apart$/,
      'signed path': /InvalidSignatureException/,
      'signed root': /InvalidSignatureException/,
    },
  },
  {
    given: 'a function that derives secrets from another KMS key',
    open: async (bed) =>
      tampered(bed, {
        over: ({ clock }) => ({
          verifyProof: createVerifyProof({
            clock,
            findKey: async (keyId) => toKnownKey((await findKey(bed.a.target, keyId)).record, NO_EVENTS),
            deriveSecret: async () => toWorkerSecret(randomBytes(32)),
          }),
        }),
      }),
    says: { key: /^401 Unauthenticated .*or another KMS key$/ },
  },
  {
    given: "an SWF that does not look at a token's domain",
    open: async (bed) => tampered(bed, { over: () => ({ forward: forwardAnywhere(bed.a.stack) }) }),
    says: {
      'foreign token':
        /^SWF recorded a heartbeat of relay-verify under the role of orders: .*only the grant check protects$/,
    },
  },
  {
    given: "a gateway that keeps AWS's Authorization header to itself",
    open: async (bed) =>
      meddling(bed, {
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
    open: async (bed) =>
      meddling(bed, {
        toHeaders: (headers) =>
          Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-relay-'))),
      }),
    says: { 'signed paced': /InvalidSignature|UnrecognizedClient|IncompleteSignature/ },
  },
  {
    given: 'a function of a version that does not pace',
    open: async (bed) =>
      meddling(bed, { toAnswerBody: (body) => body.replace('"forwarded":false,"code":"Paced"', '"forwarded":true') }),
    says: {
      paced: /^200 instead of 200 Paced: the relay did not read, or did not store, when SWF accepted the first one$/,
    },
  },
  {
    given: 'a gateway that knows no path with a slash at its end',
    open: async (bed) =>
      meddling(bed, {
        answerTo: (path) =>
          path.length > 1 && path.endsWith('/') ? { status: 404, body: '{"message":"Not Found"}' } : undefined,
      }),
    says: {
      'signed path/': /: the gateway itself refuses it, because of the Authorization header or the trailing slash$/,
    },
  },
  {
    given: 'a gateway that answers with what it was sent, and more',
    open: async (bed) =>
      meddling(bed, {
        answerTo: (path, sent) =>
          path.includes('/tasks/') ? { status: 403, body: JSON.stringify({ message: `${sent}\u001b[2J` }) } : undefined,
      }),
    says: { key: /^403 Bearer HBRK\w{16}\.… \[2J instead of 404 TaskUnknown$/ },
  },
  {
    given: 'a function of a version that answered in another form',
    open: async (bed) => meddling(bed, { toAnswerBody: (body) => body.replace('"forwarded":true,', '') }),
    says: { heartbeat: /^forwarded undefined, cancelRequested false instead of true, false$/ },
  },
  {
    given: 'a certificate that nobody vouches for',
    open: async (bed) => {
      const certificate = await loadCertificate(StateFolder.open(bed.folder.state('tls')), Date.now());
      const never = { statusCode: 500, headers: {}, body: '{}' };
      return bed.keep(await openGateway(bed.a.stack, async () => never, certificate));
    },
    says: { address: /^the TLS certificate is not trusted: (?:UNABLE_TO_VERIFY|SELF_SIGNED|DEPTH_ZERO)\w+$/ },
  },
];
