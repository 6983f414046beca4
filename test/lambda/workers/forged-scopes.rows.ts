import { HOST, type Signing, TARGET, toSignedAt } from './signed-request.ts';
import { aKeyId, aRecord, NOW, toSecret } from './worker-key-records.ts';
import {
  BAD_FORM,
  EXPIRED,
  expiredKey,
  type Forgery,
  FOREIGN_KEY,
  incomplete,
  type Refusal,
  revokedKey,
  TOO_EARLY,
  withHeaders,
  BAD_KEY_REFUSAL,
} from './forgery.ts';

const WRONG_SCOPE_DATE = incomplete('The date of the credential scope differs from x-amz-date.');
const WRONG_SERVICE = incomplete("Credential should be scoped to correct service: 'swf'.");
const WRONG_TERMINATOR = incomplete("Credential should be scoped with a valid terminator: 'aws4_request'.");
const NO_DATE = incomplete('The header x-amz-date is missing.');
const BAD_DATE_FORM = incomplete('x-amz-date must have ISO 8601 basic format, as in 20261122T080000Z.');
const NO_SUCH_DATE = incomplete('x-amz-date is not a valid date.');

/** All of them signed as they say. */
export const SCOPES: readonly Forgery[] = [
  { given: 'of the day before', signing: { date: '20261121' }, refusal: WRONG_SCOPE_DATE },
  { given: 'of the day after', signing: { date: '20261123' }, refusal: WRONG_SCOPE_DATE },
  { given: 'with a date of seven digits', signing: { date: '2026112' }, refusal: BAD_FORM },
  { given: 'with a date of nine digits', signing: { date: '202611220' }, refusal: BAD_FORM },
  { given: 'with a date in letters', signing: { date: 'tomorrow' }, refusal: BAD_FORM },
  { given: 'with the whole of x-amz-date', signing: { date: '20261122T080000Z' }, refusal: BAD_FORM },
  { given: 'with an empty region', signing: { region: '' }, refusal: BAD_FORM },
  { given: 'with a region in upper case', signing: { region: 'EU-WEST-1' }, refusal: BAD_FORM },
  { given: 'with any region', signing: { region: '*' }, refusal: BAD_FORM },
  { given: 'of the service s3', signing: { service: 's3' }, refusal: WRONG_SERVICE },
  { given: 'of the service execute-api', signing: { service: 'execute-api' }, refusal: WRONG_SERVICE },
  { given: 'of the service SWF', signing: { service: 'SWF' }, refusal: WRONG_SERVICE },
  { given: 'of a service that begins with swf', signing: { service: 'swfx' }, refusal: WRONG_SERVICE },
  { given: 'with an empty service', signing: { service: '' }, refusal: BAD_FORM },
  { given: 'with the terminator aws5_request', signing: { terminator: 'aws5_request' }, refusal: WRONG_TERMINATOR },
  { given: 'with the terminator in upper case', signing: { terminator: 'AWS4_REQUEST' }, refusal: WRONG_TERMINATOR },
  { given: 'with a longer terminator', signing: { terminator: 'aws4_request_' }, refusal: WRONG_TERMINATOR },
  { given: 'with an empty terminator', signing: { terminator: '' }, refusal: BAD_FORM },
  {
    given: 'whose region was changed on the way',
    write: ({ credential, signedHeaders, signature }) =>
      `AWS4-HMAC-SHA256 Credential=${credential.replace('eu-west-1', 'us-east-1')}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${signature}`,
    refusal: BAD_KEY_REFUSAL,
  },
];

const keyId = (id: string, refusal: Refusal): Omit<Forgery, 'given'> => ({ signing: { keyId: id }, refusal });

const otherKey = aRecord({ keyId: aKeyId(1), domains: ['billing'] });

export const KEYS: readonly Forgery[] = [
  { given: 'unknown', ...keyId(aKeyId(9), BAD_KEY_REFUSAL) },
  { given: 'revoked', signing: { keyId: revokedKey.keyId, secret: toSecret(revokedKey) }, refusal: BAD_KEY_REFUSAL },
  { given: 'expired', signing: { keyId: expiredKey.keyId, secret: toSecret(expiredKey) }, refusal: BAD_KEY_REFUSAL },
  { given: 'of another worker, with the own secret', ...keyId(otherKey.keyId, BAD_KEY_REFUSAL) },
  { given: 'with the secret of another', signing: { secret: toSecret(otherKey) }, refusal: BAD_KEY_REFUSAL },
  { given: 'with a secret of A', signing: { secret: 'A'.repeat(43) }, refusal: BAD_KEY_REFUSAL },
  { given: 'with an empty secret', signing: { secret: '' }, refusal: BAD_KEY_REFUSAL },
  { given: 'with the secret padded', signing: { secret: `${toSecret(aRecord())}=` }, refusal: BAD_KEY_REFUSAL },
  {
    given: 'with the secret of a wider grant',
    signing: { secret: toSecret({ keyId: aKeyId(), domains: ['orders', 'billing'] }) },
    refusal: BAD_KEY_REFUSAL,
  },
  { given: "an IAM user's", ...keyId('AKIAIOSFODNN7EXAMPLE', FOREIGN_KEY) },
  { given: 'of temporary credentials', ...keyId('ASIAIOSFODNN7EXAMPLE', FOREIGN_KEY) },
  { given: 'in lower case', ...keyId(aKeyId().toLowerCase(), FOREIGN_KEY) },
  { given: 'a character short', ...keyId(aKeyId().slice(0, 19), FOREIGN_KEY) },
  { given: 'a character long', ...keyId(`${aKeyId()}A`, FOREIGN_KEY) },
  { given: 'with a digit that base32 has not', ...keyId(`${aKeyId().slice(0, 19)}1`, FOREIGN_KEY) },
  { given: '__proto__', ...keyId('__proto__', FOREIGN_KEY) },
  { given: 'constructor', ...keyId('constructor', FOREIGN_KEY) },
  { given: 'of 128 characters', ...keyId('A'.repeat(128), FOREIGN_KEY) },
  { given: 'of 129 characters', ...keyId('A'.repeat(129), BAD_FORM) },
  { given: 'with a blank in it', ...keyId(`${aKeyId()} x`, BAD_FORM) },
];

const at = (offsetMs: number): Partial<Signing> => ({ signedAt: toSignedAt(NOW + offsetMs) });
const dated = (signedAt: string): Partial<Signing> => ({ signedAt, date: '20261122' });
const DAY_MS = 24 * 3_600_000;

const withoutDate = {
  'content-type': 'application/x-amz-json-1.0',
  date: 'Sun, 22 Nov 2026 08:00:00 GMT',
  host: HOST,
  'x-amz-target': TARGET,
};

export const DATES: readonly Forgery[] = [
  { given: '5 minutes and 1 s ago', signing: at(-301_000), refusal: EXPIRED },
  { given: 'a day ago', signing: at(-DAY_MS), refusal: EXPIRED },
  { given: 'a year ago', signing: at(-365 * DAY_MS), refusal: EXPIRED },
  { given: 'in the year 0', signing: { signedAt: '00000101T000000Z' }, refusal: EXPIRED },
  { given: '5 minutes and 1 s ahead', signing: at(301_000), refusal: TOO_EARLY },
  { given: 'a day ahead', signing: at(DAY_MS), refusal: TOO_EARLY },
  { given: 'in the year 9999', signing: { signedAt: '99991231T235959Z' }, refusal: TOO_EARLY },
  { given: 'missing', alter: withHeaders({ 'x-amz-date': undefined }), refusal: NO_DATE },
  { given: 'in the header Date instead', signing: { headers: withoutDate }, refusal: NO_DATE },
  { given: 'empty', signing: dated(''), refusal: BAD_DATE_FORM },
  { given: 'as HTTP writes it', signing: dated('Sun, 22 Nov 2026 08:00:00 GMT'), refusal: BAD_DATE_FORM },
  { given: "in ISO 8601's extended form", signing: dated('2026-11-22T08:00:00Z'), refusal: BAD_DATE_FORM },
  { given: 'with milliseconds', signing: dated('20261122T080000.000Z'), refusal: BAD_DATE_FORM },
  { given: 'with an offset', signing: dated('20261122T080000+0000'), refusal: BAD_DATE_FORM },
  { given: 'in epoch seconds', signing: dated('1795334400'), refusal: BAD_DATE_FORM },
  { given: 'without the time', signing: dated('20261122'), refusal: BAD_DATE_FORM },
  { given: 'in lower case', signing: dated('20261122t080000z'), refusal: BAD_DATE_FORM },
  { given: 'in digits of another script', signing: dated('20261122T08000٠Z'), refusal: BAD_DATE_FORM },
  {
    given: 'twice',
    alter: withHeaders({ 'x-amz-date': '20261122T080000Z,20261122T080000Z' }),
    refusal: BAD_DATE_FORM,
  },
  { given: 'in a thirteenth month', signing: { signedAt: '20261301T080000Z' }, refusal: NO_SUCH_DATE },
  { given: 'on the 32nd', signing: { signedAt: '20261132T080000Z' }, refusal: NO_SUCH_DATE },
  { given: 'on the 31st of November', signing: { signedAt: '20261131T080000Z' }, refusal: NO_SUCH_DATE },
  { given: 'at 24 o’clock', signing: { signedAt: '20261122T240000Z' }, refusal: NO_SUCH_DATE },
  { given: 'at 25 o’clock', signing: { signedAt: '20261122T250000Z' }, refusal: NO_SUCH_DATE },
  { given: 'in a 61st second', signing: { signedAt: '20261122T080060Z' }, refusal: NO_SUCH_DATE },
  {
    given: 'a second later than signed',
    alter: withHeaders({ 'x-amz-date': '20261122T080001Z' }),
    refusal: BAD_KEY_REFUSAL,
  },
];
