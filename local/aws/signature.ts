import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import type { Caller } from './api.ts';
import type { Credential, Credentials } from './credentials.ts';
import { AwsFault } from './fault.ts';

/** The contents of the `Authorization` header, before verification. */
export interface UnverifiedSignature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  /** The API's name in the credential scope. */
  readonly api: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A request to `/`, the only path of AWS's JSON and query APIs. */
export interface SignedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>\w+)\/(?<date>\d{8})\/(?<region>[a-z0-9-]+)\/(?<api>[a-z0-9-]+)\/aws4_request, ?SignedHeaders=(?<signedHeaders>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** AWS's tolerance for a caller's clock (IAM user guide, signature troubleshooting). */
const SKEW_MS = 5 * 60_000;

/** @throws AwsFault for an unsigned request, or for a header that cannot be parsed. */
export function parseSignature(headers: IncomingHttpHeaders): UnverifiedSignature {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new AwsFault('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403);
  }
  const groups = AUTHORIZATION.exec(authorization)?.groups;
  if (groups === undefined)
    throw new AwsFault('IncompleteSignatureException', 'Authorization header is malformed', 403);
  const { accessKeyId = '', date = '', region = '', api = '', signedHeaders = '', signature = '' } = groups;
  return { accessKeyId, date, region, api, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * Verifies a signature by signing the request again with AWS's own signer. The relay has its own verifier for its
 * workers. The two share no code, so that each checks the other.
 *
 * @throws AwsFault with AWS's wording.
 */
export async function verifySignature(
  claimed: UnverifiedSignature,
  request: SignedRequest,
  credentials: Credentials,
  nowMs: number,
): Promise<Caller> {
  const entry = credentials.find(claimed.accessKeyId);
  const token = request.headers['x-amz-security-token'];
  const isKnown = entry !== undefined && entry.credential.sessionToken === token;
  if (!isKnown) {
    throw new AwsFault('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  }
  if (entry.credential.expiresAtMs !== undefined && entry.credential.expiresAtMs <= nowMs) {
    throw new AwsFault('ExpiredTokenException', 'The security token included in the request is expired', 403);
  }
  assertSigned(claimed, request);
  const signingDate = parseSigningDate(claimed, request, nowMs);
  const expected = await sign(claimed, request, entry.credential, signingDate);
  if (!isSame(claimed.signature, expected)) {
    throw new AwsFault(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
      403,
    );
  }
  return entry.caller;
}

/**
 * AWS requires a signature over the host and every `x-amz-` header (IAM user guide, "Create a signed AWS API request").
 * The signer trusts a payload hash that the client sends, so this function compares it with the body.
 */
function assertSigned({ signedHeaders }: UnverifiedSignature, { headers, body }: SignedRequest): void {
  const required = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const unsigned = required.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) throw new AwsFault('InvalidSignatureException', `${unsigned} must be signed`, 403);
  const payloadHash = headers['x-amz-content-sha256'];
  if (payloadHash !== undefined && payloadHash !== createHash('sha256').update(body).digest('hex')) {
    throw new AwsFault('InvalidSignatureException', 'x-amz-content-sha256 is not the hash of the body', 403);
  }
}

function parseSigningDate({ date }: UnverifiedSignature, { headers }: SignedRequest, nowMs: number): Date {
  const text = headers['x-amz-date'];
  const parts = typeof text === 'string' ? DATE.exec(text) : null;
  if (parts === null || typeof text !== 'string' || !text.startsWith(date)) {
    throw new AwsFault('IncompleteSignatureException', 'X-Amz-Date does not match the credential scope', 403);
  }
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const signedAt = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second));
  if (Math.abs(nowMs - signedAt.getTime()) > SKEW_MS) {
    throw new AwsFault('InvalidSignatureException', `Signature expired or not yet current: ${text}`, 403);
  }
  return signedAt;
}

async function sign(
  { region, api, signedHeaders }: UnverifiedSignature,
  { method, headers, body }: SignedRequest,
  { accessKeyId, secretAccessKey }: Credential,
  signingDate: Date,
): Promise<string> {
  const signer = new SignatureV4({
    service: api,
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = signedHeaders.map((name): [string, string] => [name, String(headers[name] ?? '')]);
  const request = new HttpRequest({
    method,
    path: '/',
    headers: Object.fromEntries(signed),
    body,
  });
  const signable = { signingDate, signableHeaders: new Set(signedHeaders) };
  const { headers: result } = await signer.sign(request, signable);
  return AUTHORIZATION.exec(result['authorization'] ?? '')?.groups?.['signature'] ?? '';
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
