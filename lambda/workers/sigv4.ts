import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

import { UnauthenticatedError } from './errors.ts';
import type { SignableRequest } from '../http/event.ts';
import { parseFreshDate, parseSignedAt, type SignatureDate } from './signature-date.ts';
import { isKeyId, type KeyId, type WorkerSecret } from './worker-key.ts';

/** The claims of the `Authorization` header, and the text that its still unverified signature must cover. */
export interface SignatureProof {
  readonly kind: 'signature';
  readonly keyId: KeyId;
  readonly signedAt: SignatureDate;
  readonly region: string;
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** For the path as received, then for its other slash form, because a gateway may not keep a trailing slash. */
  readonly canonicalRequests: readonly string[];
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'swf';
const TERMINATOR = 'aws4_request';

/** Exactly three parts, in the order that every client uses. A second header, joined with a comma, does not match. */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>\w{1,128})\/(?<date>\d{8})\/(?<region>[a-z0-9-]{1,64})\/(?<service>[\w-]{1,64})\/(?<terminator>\w{1,64}), ?SignedHeaders=(?<names>[a-z0-9!#$%&'*+.^_`|~;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/**
 * Parses an AWS Signature Version 4 and checks everything that needs no key.
 *
 * @throws UnauthenticatedError in this order: wrong grammar, scope or set of signed headers; too much clock skew; an
 * access key id that is not a worker key's id.
 */
export function parseSignature(authorization: string, request: SignableRequest, nowMs: number): SignatureProof {
  const claim = parseAuthorization(authorization);
  const signedAt = parseSignedAt(request.headers['x-amz-date']);
  assertScope(claim, signedAt);
  assertSignedHeaders(claim.names, request);
  const payloadHash = toPayloadHash(request);
  const date = parseFreshDate(signedAt, nowMs);
  const { accessKeyId, region, signature } = claim;
  if (!isKeyId(accessKeyId)) throw UnauthenticatedError.badKey('unknown');
  const rest = toCanonicalRest(request, claim.names, payloadHash);
  const canonicalRequests = toSlashForms(request.path).map((path) => `${request.method}\n${path}\n\n${rest}`);
  return { kind: 'signature', keyId: accessKeyId, signedAt: date, region, signature, canonicalRequests };
}

/** Derived from a secret for one day and region. Deriving it takes four MACs; a signature takes one. */
export interface SigningKey {
  /** `<date>/<region>/swf/aws4_request` */
  readonly scope: string;
  readonly key: KeyObject;
}

/**
 * Step 3 of AWS's guide to SigV4.
 *
 * @param cached derived from the same secret earlier. Reused if it is for the same day and region.
 */
export function toSigningKey(
  { signedAt, region }: SignatureProof,
  secret: WorkerSecret,
  cached?: SigningKey,
): SigningKey {
  const date = signedAt.text.slice(0, 8);
  const scope = `${date}/${region}/${SERVICE}/${TERMINATOR}`;
  if (cached?.scope === scope) return cached;
  const key = [date, region, SERVICE, TERMINATOR].reduce(
    (previous, part) => createSecretKey(toMac(previous, part)),
    createSecretKey(`AWS4${secret}`, 'utf8'),
  );
  return { scope, key };
}

/** Whether the holder of the key signed the request. Each of the two paths is compared in constant time. */
export function isSignedBy(proof: SignatureProof, { scope, key }: SigningKey): boolean {
  const given = Buffer.from(proof.signature, 'hex');
  return proof.canonicalRequests.some((canonicalRequest) => {
    const stringToSign = `${ALGORITHM}\n${proof.signedAt.text}\n${scope}\n${hash('sha256', canonicalRequest)}`;
    return timingSafeEqual(given, toMac(key, stringToSign));
  });
}

interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** Names of the signed headers. */
  readonly names: readonly string[];
  readonly signature: string;
}

function parseAuthorization(authorization: string): Claim {
  const groups = AUTHORIZATION.exec(authorization)?.groups;
  if (groups === undefined) throw incomplete('The Authorization header is not a valid AWS Signature Version 4.');
  const {
    accessKeyId = '',
    date = '',
    region = '',
    service = '',
    terminator = '',
    names = '',
    signature = '',
  } = groups;
  return { accessKeyId, date, region, service, terminator, names: names.split(';'), signature };
}

function assertScope({ date, service, terminator }: Claim, signedAt: string): void {
  if (!signedAt.startsWith(date)) throw incomplete('The date of the credential scope differs from x-amz-date.');
  if (service !== SERVICE) throw incomplete("Credential should be scoped to correct service: 'swf'.");
  if (terminator !== TERMINATOR)
    throw incomplete("Credential should be scoped with a valid terminator: 'aws4_request'.");
}

/** An intermediary could change an unsigned header. A repeated or unsorted name would be ambiguous. */
function assertSignedHeaders(names: readonly string[], { headers, host }: SignableRequest): void {
  const isInOrder = names.every((name, index) => index === 0 || name > (names[index - 1] ?? ''));
  if (!isInOrder) throw incomplete('SignedHeaders must be sorted and list each name once.');
  if (names.some((name) => !Object.hasOwn(headers, name))) throw incomplete('A signed header is missing.');
  const required = ['host', 'x-amz-date', ...(headers['x-amz-target'] === undefined ? [] : ['x-amz-target'])];
  const unsigned = required.find((name) => !names.includes(name));
  if (unsigned !== undefined) throw incomplete(`${unsigned} must be a signed header.`);
  if (headers['host']?.toLowerCase() !== host.toLowerCase())
    throw incomplete('The host header does not match the host of the relay.');
}

/** Always hashes the body itself. If the client sent a hash, it must match. */
function toPayloadHash({ headers, body }: SignableRequest): string {
  const payloadHash = hash('sha256', body);
  const claimed = headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== payloadHash) {
    throw incomplete('x-amz-content-sha256 is not the SHA-256 of the body.');
  }
  return payloadHash;
}

function toSlashForms(path: string): string[] {
  if (path === '/') return [path];
  return [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`];
}

/** Step 1 of AWS's guide to SigV4, after the path. The relay accepts no query string, so that line is empty. */
function toCanonicalRest({ headers }: SignableRequest, names: readonly string[], payloadHash: string): string {
  const lines = names.map((name) => `${name}:${toCanonicalValue(headers[name] ?? '')}\n`);
  return `${lines.join('')}\n${names.join(';')}\n${payloadHash}`;
}

const EXTRA_SPACE = /\t| {2}|^ | $/;

function toCanonicalValue(value: string): string {
  if (!EXTRA_SPACE.test(value)) return value;
  return value.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ | $/g, '');
}

function toMac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function incomplete(detail: string): UnauthenticatedError {
  return new UnauthenticatedError('bad-grammar', detail);
}
