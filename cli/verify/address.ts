import { type Check, NotCheckedError, SomethingElseError, assertSeen } from './check.ts';
import { assertAnswer } from './outcome.ts';
import type { RelayAnswer } from './relay-client.ts';
import type { Scene } from './scene.ts';

/** How far AWS lets a signature's time and its own clock differ. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Whether the relay answers at the address that the stack names. */
export const ADDRESS_CHECKS: readonly Check[] = [
  { name: 'address', needs: [], act: isAnswered },
  { name: 'tls', needs: ['address'], act: speaksTls },
  { name: 'date', needs: ['address'], act: hasDate },
  { name: 'headers back', needs: ['address'], act: answersArriveWhole },
];

async function isAnswered(scene: Scene): Promise<string> {
  const { relay } = scene.parts;
  const answer = await reach(scene);
  assertAnswer(answer, 200, '', {
    'Not Found': 'API Gateway has no such route: the relay is not mapped to the root of this name',
    Forbidden: 'this name leads to another API, or to none',
  });
  assertSeen(answer.body['status'] === 'ok', 'something else than the relay answers there');
  return `the relay answers at ${relay.url.origin}, ${toKind(relay.url)}`;
}

async function reach(scene: Scene): Promise<RelayAnswer> {
  try {
    return await scene.parts.relay.send({ method: 'GET', path: '/health' });
  } catch (cause) {
    if (!(cause instanceof Error) || scene.parts.signal.aborted) throw cause;
    const code = 'code' in cause ? String(cause.code) : '';
    const isTls = /CERT|SIGNATURE|TLS|SSL|ISSUER|ALTNAME/.test(code);
    const instead = isTls ? `the TLS certificate is not trusted: ${code}` : `nobody answers: ${cause.message}`;
    throw new SomethingElseError(instead, { cause });
  }
}

function toKind({ hostname }: URL): string {
  if (hostname === '127.0.0.1' || hostname === 'localhost') return 'on this machine';
  return /\.execute-api\./.test(hostname) ? "API Gateway's own name" : 'a custom domain';
}

async function speaksTls(scene: Scene): Promise<string> {
  if (scene.parts.relay.url.protocol === 'http:') throw new NotCheckedError('this local stack speaks plain HTTP');
  const { tlsVersion = 'no TLS' } = await reach(scene);
  assertSeen(/^TLSv1\.[23]$/.test(tlsVersion), `${tlsVersion} instead of TLS 1.2 or 1.3`);
  return `${tlsVersion}, and the certificate is trusted`;
}

/** AWS's JavaScript SDK corrects its clock by `Date`, unless there is an `Age`. */
async function hasDate(scene: Scene): Promise<string> {
  const { headers } = await reach(scene);
  const offMs = Date.parse(headers['date'] ?? '') - Date.now();
  assertSeen(!Number.isNaN(offMs), 'an answer has no Date header');
  assertSeen(headers['age'] === undefined, 'an answer has an Age header: something in between caches answers');
  assertSeen(Math.abs(offMs) < CLOCK_TOLERANCE_MS, `Date is ${toSeconds(offMs)} s off this machine's clock`);
  return `Date is ${toSeconds(offMs)} s off this machine's clock, and there is no Age`;
}

export const toSeconds = (ms: number): number => Math.round(ms / 1000);

/** In REST APIs, API Gateway renames some headers of a function's answer. */
async function answersArriveWhole({ parts: { relay }, domainName }: Scene): Promise<string> {
  const unproven = await relay.send({ path: `/domains/${domainName}/heartbeats` });
  assertAnswer(unproven, 401, 'Unauthenticated');
  assertHeader(unproven, 'www-authenticate', 'Bearer');
  assertHeader(unproven, 'cache-control', 'no-store');
  assertHeader(unproven, 'content-type', 'application/problem+json');
  assertAnswer(await relay.send({ method: 'HEAD', path: '/health' }), 200, '');
  const wrongMethod = await relay.send({ path: '/health' });
  assertAnswer(wrongMethod, 405, 'MethodNotAllowed');
  assertHeader(wrongMethod, 'allow', 'GET, HEAD');
  const target = ['x-amz-target', 'SimpleWorkflowService.RecordActivityTaskHeartbeat'] as const;
  const unsigned = await relay.send({ path: '/', headers: [target] });
  assertAnswer(unsigned, 400, 'MissingAuthenticationTokenException');
  assertHeader(unsigned, 'content-type', 'application/x-amz-json-1.0');
  assertSeen(unsigned.headers['x-amzn-requestid'] !== undefined, 'an answer in the AWS format has no x-amzn-requestid');
  return 'www-authenticate, allow, cache-control, content-type and x-amzn-requestid arrive as the relay sends them';
}

function assertHeader({ headers }: RelayAnswer, name: string, value: string): void {
  const seen = headers[name];
  const renamed = Object.keys(headers).find((header) => header.endsWith(`remapped-${name}`));
  assertSeen(
    seen === value,
    `${renamed ?? name}: ${headers[renamed ?? name] ?? 'missing'} instead of ${name}: ${value}`,
  );
}
