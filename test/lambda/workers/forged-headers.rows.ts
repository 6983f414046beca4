import { type Parts, writeHeader } from './signed-request.ts';
import { aRecord, toAuthorization } from './worker-key-records.ts';
import { BAD_FORM, type Forgery, NO_PROOF, NOT_BEARER, withHeaders, BAD_KEY_REFUSAL } from './forgery.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const BEARER = toAuthorization(aRecord());

/** The header with one part of it written in another way. */
const swapPart =
  (name: keyof Parts, change: (text: string) => string) =>
  (parts: Parts): string =>
    writeHeader({ ...parts, [name]: change(parts[name]) });

/** The header's three parts, as texts to be put together in another way. */
const inParts =
  (put: (credential: string, signedHeaders: string, signature: string) => string) =>
  ({ credential, signedHeaders, signature }: Parts): string =>
    `${ALGORITHM} ${put(`Credential=${credential}`, `SignedHeaders=${signedHeaders}`, `Signature=${signature}`)}`;

const rewritten = (change: (header: string) => string) => (parts: Parts) => change(writeHeader(parts));

/** Drops one of the five parts of a credential. */
const withoutPart = (index: number) => swapPart('credential', (text) => text.split('/').toSpliced(index, 1).join('/'));

/** Other schemes, and none. */
export const SCHEMES: readonly Forgery[] = [
  { given: 'no header', alter: withHeaders({ authorization: undefined }), refusal: NO_PROOF },
  { given: 'an empty header', write: () => '', refusal: NOT_BEARER },
  { given: 'Basic', write: () => 'Basic SEJSSzpzZWNyZXQ=', refusal: NOT_BEARER },
  {
    given: 'Signature Version 2',
    write: ({ credential }) => `AWS ${credential.slice(0, 20)}:frJIUN8DYpKDtOLCwo//yllqDzg=`,
    refusal: NOT_BEARER,
  },
  {
    given: 'Signature Version 3',
    write: ({ credential }) => `AWS3-HTTPS AWSAccessKeyId=${credential.slice(0, 20)},Algorithm=HmacSHA256,Signature=x`,
    refusal: NOT_BEARER,
  },
  {
    given: 'Signature Version 4a',
    write: rewritten((header) => header.replace(ALGORITHM, 'AWS4-ECDSA-P256-SHA256').replace('/eu-west-1', '')),
    refusal: NOT_BEARER,
  },
  { given: 'SHA-512', write: rewritten((header) => header.replace('SHA256', 'SHA512')), refusal: NOT_BEARER },
  { given: 'SHA-1', write: rewritten((header) => header.replace('SHA256', 'SHA1')), refusal: NOT_BEARER },
  {
    given: 'the algorithm of a signed stream',
    write: rewritten((header) => header.replace(ALGORITHM, `${ALGORITHM}-PAYLOAD`)),
    refusal: NOT_BEARER,
  },
  {
    given: 'the algorithm in lower case',
    write: rewritten((header) => header.replace(ALGORITHM, ALGORITHM.toLowerCase())),
    refusal: NOT_BEARER,
  },
  { given: 'the algorithm alone', write: () => ALGORITHM, refusal: NOT_BEARER },
  { given: 'the algorithm and a blank', write: () => `${ALGORITHM} `, refusal: BAD_FORM },
  { given: 'a blank before it', write: rewritten((header) => ` ${header}`), refusal: NOT_BEARER },
  { given: 'a tab for the blank', write: rewritten((header) => header.replace(' ', '\t')), refusal: NOT_BEARER },
  { given: 'the header twice', write: rewritten((header) => `${header},${header}`), refusal: BAD_FORM },
  { given: 'a bearer key after it', write: rewritten((header) => `${header},${BEARER}`), refusal: BAD_FORM },
  { given: 'a bearer key before it', write: rewritten((header) => `${BEARER},${header}`), refusal: NOT_BEARER },
  {
    given: 'the word Bearer for the algorithm',
    write: rewritten((header) => header.replace(ALGORITHM, 'Bearer')),
    refusal: NOT_BEARER,
  },
];

/** Its three parts missing, doubled, swapped, put together in another way. */
export const PARTS: readonly Forgery[] = [
  { given: 'two blanks before the parts', write: inParts((...parts) => ` ${parts.join(', ')}`), refusal: BAD_FORM },
  { given: 'no Credential', write: inParts((_, names, mac) => `${names}, ${mac}`), refusal: BAD_FORM },
  { given: 'no SignedHeaders', write: inParts((key, _, mac) => `${key}, ${mac}`), refusal: BAD_FORM },
  { given: 'no Signature', write: inParts((key, names) => `${key}, ${names}`), refusal: BAD_FORM },
  { given: 'Credential twice', write: inParts((key, ...rest) => [key, key, ...rest].join(', ')), refusal: BAD_FORM },
  {
    given: 'SignedHeaders twice',
    write: inParts((key, names, mac) => [key, names, names, mac].join(', ')),
    refusal: BAD_FORM,
  },
  {
    given: 'Signature twice',
    write: inParts((key, names, mac) => [key, names, mac, mac].join(', ')),
    refusal: BAD_FORM,
  },
  {
    given: 'SignedHeaders before Credential',
    write: inParts((key, names, mac) => [names, key, mac].join(', ')),
    refusal: BAD_FORM,
  },
  {
    given: 'Signature before SignedHeaders',
    write: inParts((key, names, mac) => [key, mac, names].join(', ')),
    refusal: BAD_FORM,
  },
  { given: 'a fourth part', write: inParts((...parts) => [...parts, 'Expires=900'].join(', ')), refusal: BAD_FORM },
  { given: 'a comma at the end', write: inParts((...parts) => `${parts.join(', ')},`), refusal: BAD_FORM },
  { given: 'a line break at the end', write: inParts((...parts) => `${parts.join(', ')}\n`), refusal: BAD_FORM },
  { given: 'blanks for commas', write: inParts((...parts) => parts.join(' ')), refusal: BAD_FORM },
  { given: 'semicolons for commas', write: inParts((...parts) => parts.join('; ')), refusal: BAD_FORM },
  { given: 'two blanks after a comma', write: inParts((...parts) => parts.join(',  ')), refusal: BAD_FORM },
  { given: 'a blank before a comma', write: inParts((...parts) => parts.join(' , ')), refusal: BAD_FORM },
  {
    given: 'the names of the parts in lower case',
    write: rewritten((header) => header.replaceAll(/\w+=/g, (name) => name.toLowerCase())),
    refusal: BAD_FORM,
  },
  { given: 'quotes', write: rewritten((header) => header.replaceAll(/=([^,]+)/g, '="$1"')), refusal: BAD_FORM },
];

export const CREDENTIALS: readonly Forgery[] = [
  { given: 'nothing', write: swapPart('credential', () => ''), refusal: BAD_FORM },
  { given: 'no key id', write: withoutPart(0), refusal: BAD_FORM },
  { given: 'an empty key id', write: swapPart('credential', (text) => text.slice(20)), refusal: BAD_FORM },
  { given: 'no date', write: withoutPart(1), refusal: BAD_FORM },
  { given: 'no region', write: withoutPart(2), refusal: BAD_FORM },
  { given: 'no service', write: withoutPart(3), refusal: BAD_FORM },
  { given: 'no terminator', write: withoutPart(4), refusal: BAD_FORM },
  { given: 'a sixth part', write: swapPart('credential', (text) => `${text}/swf`), refusal: BAD_FORM },
  {
    given: 'region and service swapped',
    write: swapPart('credential', (text) => text.replace('eu-west-1/swf', 'swf/eu-west-1')),
    refusal: { ...BAD_FORM, detail: "Credential should be scoped to correct service: 'swf'." },
  },
  {
    given: 'encoded slashes',
    write: swapPart('credential', (text) => text.replaceAll('/', '%2F')),
    refusal: BAD_FORM,
  },
  { given: 'a path of dots', write: swapPart('credential', (text) => `../${text}`), refusal: BAD_FORM },
];

export const SIGNATURES: readonly Forgery[] = [
  { given: 'empty', write: swapPart('signature', () => ''), refusal: BAD_FORM },
  { given: 'in upper case', write: swapPart('signature', (text) => text.toUpperCase()), refusal: BAD_FORM },
  { given: 'of 63 digits', write: swapPart('signature', (text) => text.slice(1)), refusal: BAD_FORM },
  { given: 'of 65 digits', write: swapPart('signature', (text) => `${text}0`), refusal: BAD_FORM },
  { given: 'with a letter past f', write: swapPart('signature', (text) => `g${text.slice(1)}`), refusal: BAD_FORM },
  {
    given: 'in base64',
    write: swapPart('signature', (text) => Buffer.from(text, 'hex').toString('base64')),
    refusal: BAD_FORM,
  },
  {
    given: 'with its first bit flipped',
    write: swapPart('signature', (text) => flip(text, 0, 8)),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'with its last bit flipped',
    write: swapPart('signature', (text) => flip(text, 63, 1)),
    refusal: BAD_KEY_REFUSAL,
  },
  { given: 'of zeros', write: swapPart('signature', () => '0'.repeat(64)), refusal: BAD_KEY_REFUSAL },
  {
    given: 'backwards',
    write: swapPart('signature', (text) => Array.from(text).toReversed().join('')),
    refusal: BAD_KEY_REFUSAL,
  },
];

function flip(hex: string, index: number, bit: number): string {
  const digit = (Number.parseInt(hex.charAt(index), 16) ^ bit).toString(16);
  return hex.slice(0, index) + digit + hex.slice(index + 1);
}
