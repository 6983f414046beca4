import { describe, expect, it } from 'vitest';

import type { Caller } from '../../../local/aws/api.ts';
import type { Credential } from '../../../local/aws/credentials.ts';
import { aScene, register, type Scene, schedule, take } from './task-scene.ts';
import { send, signed, type WireRequest } from './wire.ts';

const DENIED = '400 AccessDeniedException';
const UNKNOWN = '403 UnrecognizedClientException';
const UNKNOWN_DOMAIN = '400 com.amazonaws.swf.base.model#UnknownResourceFault';
const FORBIDDEN = '403 {"message":"Forbidden"}';

interface Attempt {
  readonly credential?: (scene: Scene) => Credential;
  readonly service?: string;
  readonly request?: Partial<WireRequest>;
  /** Changes the request after its signature. */
  readonly altered?: (sent: WireRequest) => Partial<WireRequest>;
}

interface Refusal extends Attempt {
  readonly what: string;
  readonly refused: string;
}

/** Another user of the operator's account: an administrator, or a user with only the given policies. */
function aUser({ credentials, caller }: Scene, policies: Pick<Caller, 'managedPolicyArns'> = {}): Credential {
  const { realm, accountId } = caller('operator');
  const arn = `arn:aws:iam::${accountId}:user/operator-2`;
  return credentials.issueUserKey({ principal: { kind: 'user', arn, accountId }, accountId, realm, ...policies });
}

const withHeader = (name: string, value: string) => (sent: WireRequest) => ({
  headers: { ...sent.headers, [name]: value },
});

const withTarget = (target: string): Partial<WireRequest> => ({ headers: { 'x-amz-target': target } });

/** Without its signature, as a page in a browser can send a request. */
const unsigned = ({ headers }: WireRequest) => ({
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization')),
});

async function attempt(scene: Scene, { credential, service = 'local-stack', request, altered }: Attempt) {
  const headers = {
    host: `127.0.0.1:${scene.endpoint.port}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'LocalStack.ListActivityTasks',
    ...request?.headers,
  };
  const wire = { method: 'POST', path: '/', body: '{}', ...request, headers };
  const sent = await signed(wire, credential?.(scene) ?? scene.operator, { atMs: Date.now(), service });
  return send(scene.endpoint.port, { ...sent, ...altered?.(sent) });
}

describe('the list of open activity tasks', () => {
  it('answers the operator, but never with a task token', async () => {
    const scene = await aScene();
    await register(scene, 'orders');
    await schedule(scene, 'orders', 'print-1');
    const taskToken = await take(scene, 'orders', 'print-1');
    const { status, contentType, body } = await attempt(scene, {});
    expect({ status, contentType }).toEqual({ status: 200, contentType: 'application/x-amz-json-1.0' });
    expect(body).toContain('"workflowId":"print-1"');
    expect(body).not.toContain(taskToken);
    expect(body).not.toContain('oken"');
    expect(scene.endpoint.calls.at(-1)).toEqual({ api: 'local-stack', operation: 'ListActivityTasks', status: 200 });
  });
});

describe('the list of open activity tasks is refused', () => {
  it.each<Refusal>([
    {
      what: 'to the function',
      credential: ({ credentials, caller }) => credentials.issueSession(caller('function')),
      refused: DENIED,
    },
    {
      what: 'to the role of a domain',
      credential: ({ credentials, caller }) => credentials.issueSession(caller('orders')),
      refused: DENIED,
    },
    {
      what: 'to a user without policies',
      credential: (scene) => aUser(scene, { managedPolicyArns: [] }),
      refused: DENIED,
    },
    { what: 'to another administrator', credential: (scene) => aUser(scene), refused: DENIED },
    {
      what: 'to an unknown key',
      credential: ({ operator }) => ({ ...operator, accessKeyId: 'AKIA0' }),
      refused: UNKNOWN,
    },
    {
      what: 'to a wrong secret',
      credential: ({ operator }) => ({ ...operator, secretAccessKey: 'x' }),
      refused: '403 InvalidSignatureException',
    },
    { what: 'without a signature', altered: unsigned, refused: '403 MissingAuthenticationTokenException' },
    { what: 'to a page of another site', altered: withHeader('sec-fetch-site', 'cross-site'), refused: FORBIDDEN },
    { what: 'to a page of another origin', altered: withHeader('origin', 'https://example.com'), refused: FORBIDDEN },
    { what: 'under another host name', altered: withHeader('host', 'example.com'), refused: FORBIDDEN },
    { what: 'at another path', altered: () => ({ path: '/tasks' }), refused: '404 UnknownOperationException' },
    {
      what: 'under another name',
      request: withTarget('LocalStack.ListTaskTokens'),
      refused: '400 UnknownOperationException',
    },
    { what: 'for a body that is not JSON', request: { body: '{' }, refused: '400 SerializationException' },
    { what: 'for an unknown member', request: { body: '{"domains":[]}' }, refused: '400 ValidationException' },
    { what: 'for a domain of another type', request: { body: '{"domain":1}' }, refused: '400 ValidationException' },
    { what: 'for an unknown domain', request: { body: '{"domain":"x"}' }, refused: UNKNOWN_DOMAIN },
    {
      what: 'as an operation of SWF',
      service: 'swf',
      refused: '400 com.amazon.coral.service#UnknownOperationException',
    },
  ])('$what', async (given) => {
    const { status, body } = await attempt(await aScene(), given);
    expect(`${status} ${/"__type":"([^"]*)"/.exec(body)?.[1] ?? body}`).toBe(given.refused);
  });
});
