import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { invalidToken } from './faults.ts';
import { type Place } from './state.ts';

/** What a token is good for. One kind is never taken for another. */
export type TokenKind = 'activity' | 'decision' | 'page';

/** The task (or, for pages, the position) that a token stands for. */
export interface TokenContent extends Place {
  readonly kind: TokenKind;
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
}

/** How the task token in AWS's PollForActivityTask sample begins: `AAAAKgAAAAE`, and so zero bits at least once more. */
const HEADER = Buffer.from('0000002a000000010000', 'hex');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** AWS's sample token has 432 bytes, 576 characters; a domain name over some hundred characters makes a longer one. */
const SEALED_BYTES = 432 - HEADER.length - NONCE_BYTES - TAG_BYTES;
/** No registered domain has a control character in its name, so this one can separate and pad. */
const SEPARATOR = '\u0000';

/**
 * Seals a token with AES-256-GCM. The nonce is a MAC of the content, not random: the same task always has the
 * same token, and two contents never share a nonce. At most 1,024 characters, SWF's limit for a task token,
 * since UTF-16 takes 2 bytes for each of the 256 units of the longest domain name.
 */
export function sealToken(key: Buffer, content: TokenContent): string {
  const { kind, accountId, region, domain, runId, scheduledEventId, startedEventId } = content;
  const fields = [kind, accountId, region, domain, runId, scheduledEventId, startedEventId].join(SEPARATOR);
  const plain = Buffer.from(`${fields}${SEPARATOR}`.padEnd(SEALED_BYTES / 2, SEPARATOR), 'utf16le');
  const nonce = createHmac('sha256', key).update(plain).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(HEADER);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([HEADER, nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The relay's id of a task: the SHA-256 of its token in unpadded base64url. */
export const toTaskId = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Throws SwfFault (`Invalid token`) for anything that `sealToken` did not make with this key for this kind. */
export function openToken(key: Buffer, kind: TokenKind, token: string): TokenContent {
  const fields = decrypt(key, token)?.split(SEPARATOR);
  const [found, accountId, region, domain, runId, scheduled, started] = fields ?? [];
  if (found !== kind || accountId === undefined || region === undefined || domain === undefined) throw invalidToken();
  if (runId === undefined) throw invalidToken();
  return {
    kind,
    accountId,
    region,
    domain,
    runId,
    scheduledEventId: Number(scheduled),
    startedEventId: Number(started),
  };
}

function decrypt(key: Buffer, token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64');
  const sealedFrom = HEADER.length + NONCE_BYTES + TAG_BYTES;
  // Node decodes leniently: without this, a token with a blank or a stray character in it would still open.
  if (bytes.toString('base64') !== token || bytes.length < sealedFrom) return undefined;
  if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return undefined;
  const nonce = bytes.subarray(HEADER.length, HEADER.length + NONCE_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(HEADER)
      .setAuthTag(bytes.subarray(HEADER.length + NONCE_BYTES, sealedFrom));
    return Buffer.concat([decipher.update(bytes.subarray(sealedFrom)), decipher.final()]).toString('utf16le');
  } catch {
    return undefined; // GCM tells nothing but that the token is not genuine
  }
}
