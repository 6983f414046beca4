import type { SignableRequest } from '../../../lambda/http/event.ts';
import { aSigning, HOST, sha256, type Signing, TARGET, writeHeader } from './signed-request.ts';
import {
  BAD_FORM,
  type Forgery,
  HEADER_MISSING,
  incomplete,
  NOT_SORTED,
  withHeaders,
  WRONG_HASH,
  WRONG_HOST,
  BAD_KEY_REFUSAL,
} from './forgery.ts';

const { headers: sent, names: signed, body } = aSigning();

/** Sends a list of signed headers that is not the one that was signed. */
const listed = (signedHeaders: string): Pick<Forgery, 'write'> => ({
  write: (parts) => writeHeader({ ...parts, signedHeaders }),
});

const without = (name: string): Partial<Signing> => ({ names: signed.filter((other) => other !== name) });
const sending = (over: Readonly<Record<string, string>>): Partial<Signing> => ({ headers: { ...sent, ...over } });

const UNSIGNED = (name: string) => incomplete(`${name} must be a signed header.`);

export const SIGNED_HEADERS: readonly Forgery[] = [
  { given: 'without host', signing: without('host'), refusal: UNSIGNED('host') },
  { given: 'without x-amz-date', signing: without('x-amz-date'), refusal: UNSIGNED('x-amz-date') },
  { given: 'without x-amz-target', signing: without('x-amz-target'), refusal: UNSIGNED('x-amz-target') },
  { given: 'that are none', ...listed(''), refusal: BAD_FORM },
  { given: 'in another order', signing: { names: signed.toReversed() }, refusal: NOT_SORTED },
  { given: 'one of them twice', signing: { names: ['content-type', ...signed] }, refusal: NOT_SORTED },
  { given: 'host twice, to be read two ways', signing: { names: [...signed, 'host'] }, refusal: NOT_SORTED },
  { given: 'in upper case', ...listed('Content-Type;Host;X-Amz-Date;X-Amz-Target'), refusal: BAD_FORM },
  { given: 'with commas', ...listed(signed.join(',')), refusal: BAD_FORM },
  { given: 'with blanks', ...listed(signed.join('; ')), refusal: BAD_FORM },
  { given: 'with a semicolon before', ...listed(`;${signed.join(';')}`), refusal: HEADER_MISSING },
  { given: 'with a semicolon after', ...listed(`${signed.join(';')};`), refusal: NOT_SORTED },
  { given: 'with two semicolons', ...listed(signed.join(';;')), refusal: NOT_SORTED },
  { given: 'one of which is not sent', signing: { names: ['accept', ...signed] }, refusal: HEADER_MISSING },
  { given: 'with constructor', signing: { names: ['constructor', ...signed] }, refusal: HEADER_MISSING },
  { given: 'with __proto__', signing: { names: ['__proto__', ...signed] }, refusal: HEADER_MISSING },
  { given: 'with a query of theirs', ...listed(`${signed.join(';')}&X-Amz-Expires=900`), refusal: BAD_FORM },
  { given: 'with a line break', ...listed(signed.join('\n')), refusal: BAD_FORM },
  {
    given: 'with authorization, which nobody can sign',
    ...listed(['authorization', ...signed].join(';')),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'with one added on the way',
    signing: { ...sending({ accept: '*/*' }), names: signed },
    ...listed(['accept', ...signed].join(';')),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'with one taken off on the way',
    ...listed(signed.filter((name) => name !== 'content-type').join(';')),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'with one exchanged on the way',
    signing: { ...sending({ accept: '*/*' }), names: signed },
    ...listed(['accept', ...signed.slice(1)].join(';')),
    refusal: BAD_KEY_REFUSAL,
  },
];

const token = sending({ 'x-amz-security-token': 'FwoGZXIvYXdzE' });

/** After they were signed. */
export const HEADERS: readonly Forgery[] = [
  { given: 'one altered', alter: withHeaders({ 'content-type': 'text/plain' }), refusal: BAD_KEY_REFUSAL },
  { given: 'one emptied', alter: withHeaders({ 'content-type': '' }), refusal: BAD_KEY_REFUSAL },
  {
    given: 'the target in upper case',
    alter: withHeaders({ 'x-amz-target': TARGET.toUpperCase() }),
    refusal: BAD_KEY_REFUSAL,
    isForNoRoute: true,
  },
  { given: 'one dropped', alter: withHeaders({ 'content-type': undefined }), refusal: HEADER_MISSING },
  {
    given: 'the target dropped',
    alter: withHeaders({ 'x-amz-target': undefined }),
    refusal: HEADER_MISSING,
    isForNoRoute: true,
  },
  {
    given: 'one repeated',
    alter: withHeaders({ 'content-type': `${sent['content-type']},${sent['content-type']}` }),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'the target with a name before it',
    alter: withHeaders({ 'x-amz-target': `a.${TARGET}` }),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'two whose values are swapped',
    alter: withHeaders({ 'content-type': TARGET, 'x-amz-target': sent['content-type'] }),
    refusal: BAD_KEY_REFUSAL,
    isForNoRoute: true,
  },
  {
    given: 'the session token altered',
    signing: token,
    alter: withHeaders({ 'x-amz-security-token': 'x' }),
    refusal: BAD_KEY_REFUSAL,
  },
  {
    given: 'the session token dropped',
    signing: token,
    alter: withHeaders({ 'x-amz-security-token': undefined }),
    refusal: HEADER_MISSING,
  },
  {
    given: 'a target added that was not signed',
    signing: { headers: { host: HOST, 'x-amz-date': sent['x-amz-date'] ?? '' } },
    alter: withHeaders({ 'x-amz-target': TARGET }),
    refusal: UNSIGNED('x-amz-target'),
  },
];

export const HOSTS: readonly Forgery[] = [
  { given: 'signed for another', signing: sending({ host: 'swf.eu-west-1.amazonaws.com' }), refusal: WRONG_HOST },
  { given: 'altered on the way', alter: withHeaders({ host: 'other.example' }), refusal: WRONG_HOST },
  { given: 'with a port', signing: sending({ host: `${HOST}:443` }), refusal: WRONG_HOST },
  { given: 'with a dot after it', signing: sending({ host: `${HOST}.` }), refusal: WRONG_HOST },
  { given: 'with something before it', signing: sending({ host: `x.${HOST}` }), refusal: WRONG_HOST },
  { given: 'twice', signing: sending({ host: `${HOST},${HOST}` }), refusal: WRONG_HOST },
  { given: 'empty', signing: sending({ host: '' }), refusal: WRONG_HOST },
  { given: 'missing', alter: withHeaders({ host: undefined }), refusal: HEADER_MISSING },
  {
    given: 'that of another relay, which got this request',
    alter: () => ({ host: 'other.example' }),
    refusal: WRONG_HOST,
  },
  {
    given: 'altered on the way to another relay of the same keys',
    alter: (request) => ({ ...withHeaders({ host: 'other.example' })(request), host: 'other.example' }),
    refusal: BAD_KEY_REFUSAL,
  },
];

const hashed = (value: string, payloadHash = value): Partial<Signing> => ({
  ...sending({ 'x-amz-content-sha256': value }),
  payloadHash,
});
const sentAs = (text: string) => (): Partial<SignableRequest> => ({ body: Buffer.from(text) });

export const BODIES: readonly Forgery[] = [
  { given: 'with one bit flipped', alter: sentAs(body.replace('42', '43')), refusal: BAD_KEY_REFUSAL },
  { given: 'emptied', alter: sentAs(''), refusal: BAD_KEY_REFUSAL },
  { given: 'with a blank after it', alter: sentAs(`${body} `), refusal: BAD_KEY_REFUSAL },
  {
    given: 'that says the same in other bytes',
    alter: sentAs(JSON.stringify(JSON.parse(body))),
    refusal: BAD_KEY_REFUSAL,
  },
  { given: 'altered, its hash sent', signing: hashed(sha256(body)), alter: sentAs('{}'), refusal: WRONG_HASH },
  { given: 'whose hash is another body’s', signing: hashed(sha256('{}')), refusal: WRONG_HASH },
  {
    given: 'whose hash is another’s, but its own was signed',
    signing: hashed(sha256('{}'), sha256(body)),
    refusal: WRONG_HASH,
  },
  { given: 'whose hash is that of nothing', signing: hashed(sha256('')), refusal: WRONG_HASH },
  { given: 'whose hash is empty', signing: hashed(''), refusal: WRONG_HASH },
  { given: 'whose hash is in upper case', signing: hashed(sha256(body).toUpperCase()), refusal: WRONG_HASH },
  { given: 'whose hash is sent twice', signing: hashed(`${sha256(body)},${sha256(body)}`), refusal: WRONG_HASH },
  { given: 'of UNSIGNED-PAYLOAD', signing: hashed('UNSIGNED-PAYLOAD'), refusal: WRONG_HASH },
  {
    given: 'of STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    signing: hashed('STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
    refusal: WRONG_HASH,
  },
  {
    given: 'of STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    signing: hashed('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
    refusal: WRONG_HASH,
  },
  {
    given: 'signed as UNSIGNED-PAYLOAD, without a word of it',
    signing: { payloadHash: 'UNSIGNED-PAYLOAD' },
    refusal: BAD_KEY_REFUSAL,
  },
  { given: 'signed as empty', signing: { payloadHash: sha256('') }, refusal: BAD_KEY_REFUSAL },
  { given: 'signed without a hash', signing: { payloadHash: '' }, refusal: BAD_KEY_REFUSAL },
  {
    given: 'whose hash was added on the way, and is wrong',
    alter: withHeaders({ 'x-amz-content-sha256': sha256('{}') }),
    refusal: WRONG_HASH,
  },
];

/** Signed for one path, received at `/domains/orders`, as a gateway that tidies or decodes paths would hand it over. */
const signedFor = (path: string): Forgery => ({
  given: path,
  signing: { path },
  alter: () => ({ path: '/domains/orders' }),
  refusal: BAD_KEY_REFUSAL,
});

export const PATHS: readonly Forgery[] = [
  '/',
  '',
  '/domains/billing',
  '/domains/Orders',
  '/domains/orders/heartbeats',
  '//domains/orders',
  '/domains//orders',
  '/domains/orders//',
  '/./domains/orders',
  '/domains/billing/../orders',
  '/domains/%6Frders',
  '/domains/%256Frders',
  '/domains/orders%2F',
  '/domains%2Forders',
  'domains/orders',
  'https://relay.example/domains/orders',
].map(signedFor);

export const REQUESTS: readonly Forgery[] = [
  { given: 'signed as GET', signing: { method: 'GET' }, alter: () => ({ method: 'POST' }), refusal: BAD_KEY_REFUSAL },
  { given: 'signed as post', signing: { method: 'post' }, alter: () => ({ method: 'POST' }), refusal: BAD_KEY_REFUSAL },
  {
    given: 'signed with a query that is gone',
    signing: { query: 'Action=RecordActivityTaskHeartbeat' },
    refusal: BAD_KEY_REFUSAL,
  },
];
