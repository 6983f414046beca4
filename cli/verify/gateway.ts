import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded, codeOf, describe } from './outcome.ts';
import type { RelayAnswer } from './relay-client.ts';
import type { Scene } from './scene.ts';

/** API Gateway passes bodies on as text or base64, depending on the type. */
const CONTENT_TYPES = [
  undefined,
  'application/json',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'application/x-amz-json-1.0',
  'application/octet-stream',
];

/** Over the relay's limit of 64 KiB, and over the gateway's of 10,240 bytes of headers. */
const LARGE_BODY_BYTES = 70_000;
const LARGE_HEADER_BYTES = 12_000;

/** Whether the gateway passes requests on as the relay expects. */
export const GATEWAY_CHECKS: readonly Check[] = [
  { name: 'content types', needs: ['heartbeat'], act: bodiesArriveWhole },
  { name: 'path', needs: ['heartbeat'], act: pathIsDecoded },
  { name: 'query', needs: ['key'], act: queryIsRefused },
  { name: 'twice', needs: ['key'], act: repeatedHeaderIsRefused },
  { name: 'large body', needs: ['key'], act: largeBodyIsRefused },
  { name: 'large header', needs: ['address'], act: largeHeaderIsRefused },
];

async function bodiesArriveWhole(scene: Scene): Promise<string> {
  const { taskToken } = await scene.task('main');
  const proof = await scene.authorization();
  for (const type of CONTENT_TYPES) {
    const answer = await scene.parts.relay.send({
      path: `/domains/${scene.domainName}/heartbeats`,
      headers: type === undefined ? [proof] : [proof, ['content-type', type]],
      body: JSON.stringify({ taskToken, details: '100 % ✓' }),
    });
    const instead = `with the content type ${type ?? '(none)'}: ${describe(answer)}`;
    assertSeen(answer.status === 200 && answer.body['forwarded'] === true, instead);
  }
  return `a body arrives whole with each of ${CONTENT_TYPES.length - 1} content types, and without one`;
}

async function pathIsDecoded(scene: Scene): Promise<string> {
  const { domainName } = scene;
  const { taskToken } = await scene.task('main');
  const encoded = `%${domainName.charCodeAt(0).toString(16)}${domainName.slice(1)}`;
  const answer = await scene.parts.relay.send({
    path: `/domains/${encoded}/heartbeats`,
    headers: [await scene.authorization()],
    body: JSON.stringify({ taskToken }),
  });
  assertRecorded(answer, false, { NotFound: 'the gateway passes the path on as it was encoded' });
  return 'the gateway decodes an encoded path';
}

async function queryIsRefused(scene: Scene): Promise<string> {
  const answer = await sendTo(scene, '/heartbeats?details=x');
  assertAnswer(answer, 404, 'NotFound');
  return 'the query string reaches the relay, which refuses it';
}

/** The gateway joins two headers with a comma, which no proof contains. */
async function repeatedHeaderIsRefused(scene: Scene): Promise<string> {
  const proof = await scene.authorization();
  const answer = await scene.parts.relay.send({
    path: `/domains/${scene.domainName}/heartbeats`,
    headers: [proof, proof],
    body: '{}',
  });
  assertAnswer(answer, 401, 'Unauthenticated', { MalformedRequest: 'the gateway passes only one of two headers on' });
  return 'a request with two Authorization headers is refused';
}

async function largeBodyIsRefused(scene: Scene): Promise<string> {
  const answer = await sendTo(scene, '/heartbeats', 'x'.repeat(LARGE_BODY_BYTES));
  assertAnswer(answer, 413, 'RequestTooLarge');
  return 'over 64 KiB the relay itself answers 413';
}

async function largeHeaderIsRefused(scene: Scene): Promise<string> {
  const headers = [['x-large', 'x'.repeat(LARGE_HEADER_BYTES)] as const];
  const answer = await scene.parts.relay.send({ method: 'GET', path: '/health', headers });
  assertSeen(answer.status === 431, `${describe(answer)} instead of 431`);
  return `over 10,240 bytes the gateway itself answers 431: ${codeOf(answer)}`;
}

async function sendTo(scene: Scene, rest: string, body = '{}'): Promise<RelayAnswer> {
  const headers = [await scene.authorization()];
  return scene.parts.relay.send({ path: `/domains/${scene.domainName}${rest}`, headers, body });
}
