import type { SignableRequest } from '../../../lambda/http/event.ts';
import { TARGET, toSignedAt } from './signed-request.ts';
import { aKeyId } from './worker-key-records.ts';
import { DOMAINS, KEYS, REGIONS, type Sent } from './random-signatures.ts';

/** Two numbers by chance, to say which header, which byte, how much. */
export type Dice = readonly [number, number];

/**
 * Changes one thing that matters: what is left out by construction is the blanks of a header's value, headers that are not
 * signed, and the slash at the end of a path.
 */
export interface Mutation {
  readonly what: string;
  readonly mutate: (sent: Sent, dice: Dice) => Sent;
}

const ATOM = 'x';

const pick = <T>(choices: readonly T[], die: number): T => {
  const chosen = choices[die % choices.length];
  if (chosen === undefined) throw new RangeError('there is nothing to choose from');
  return chosen;
};

const pickOther = <T>(choices: readonly T[], current: T, die: number): T =>
  pick(
    choices.filter((choice) => choice !== current),
    die,
  );

const change = (sent: Sent, over: Partial<SignableRequest>): Sent => ({
  ...sent,
  request: { ...sent.request, ...over },
});

/** An undefined header is taken out. */
const withHeader = (sent: Sent, name: string, value: string | undefined): Sent => {
  const others = Object.entries(sent.request.headers).filter(([other]) => other !== name);
  return change(sent, { headers: Object.fromEntries(value === undefined ? others : [...others, [name, value]]) });
};

const readHeader = ({ request }: Sent, name: string): string => request.headers[name] ?? '';

/** Replaces what the expression matches in the `Authorization` header. */
const rewrite = (sent: Sent, part: RegExp, to: (text: string) => string): Sent =>
  withHeader(sent, 'authorization', readHeader(sent, 'authorization').replace(part, to));

const SIGNED_HEADERS = /(?<=SignedHeaders=)[^,]+/;

const readNames = (sent: Sent): string[] =>
  SIGNED_HEADERS.exec(readHeader(sent, 'authorization'))?.[0].split(';') ?? [];

const listing = (to: (names: string[], dice: Dice) => string[]) => (sent: Sent, dice: Dice) =>
  rewrite(sent, SIGNED_HEADERS, (text) => to(text.split(';'), dice).join(';'));

const onSignedHeader =
  (to: (value: string, die: number) => string | undefined) =>
  (sent: Sent, [first, second]: Dice) => {
    const name = pick(readNames(sent), first);
    return withHeader(sent, name, to(readHeader(sent, name), second));
  };

function exchangeCharacter(value: string, die: number): string {
  const visible = Array.from(value.matchAll(/[^ \t]/g), ({ index }) => index);
  if (visible.length === 0) return ATOM;
  const at = pick(visible, die);
  return `${value.slice(0, at)}${value.charAt(at) === ATOM ? 'y' : ATOM}${value.slice(at + 1)}`;
}

const HEADERS: readonly Mutation[] = [
  { what: 'a character of a signed value', mutate: onSignedHeader(exchangeCharacter) },
  { what: 'a signed value, longer', mutate: onSignedHeader((value) => `${value}${ATOM}`) },
  { what: 'a signed header twice', mutate: onSignedHeader((value) => `${value},${value}`) },
  { what: 'a signed header dropped', mutate: onSignedHeader(() => undefined) },
  {
    what: 'a signed header renamed',
    mutate: (sent, [die]) => {
      const name = pick(readNames(sent), die);
      return withHeader(withHeader(sent, name, undefined), `${name}${ATOM}`, readHeader(sent, name));
    },
  },
  {
    what: 'another target',
    mutate: (sent) => withHeader(sent, 'x-amz-target', `a.${sent.request.headers['x-amz-target'] ?? TARGET}`),
  },
  { what: 'no payload hash', mutate: (sent) => withHeader(sent, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD') },
];

const NAMES: readonly Mutation[] = [
  { what: 'a name less', mutate: listing((names, [die]) => names.toSpliced(die % names.length, 1)) },
  { what: 'a name more, of a header that is sent', mutate: listing((names) => [...names, 'x-amzn-trace-id'].sort()) },
  { what: 'a name more, of none', mutate: listing((names) => [...names, 'zzz']) },
  {
    what: 'a name twice',
    mutate: listing((names, [die]) => names.toSpliced(die % names.length, 0, pick(names, die))),
  },
  {
    what: 'two names swapped',
    mutate: listing((names, [die]) => {
      const at = die % (names.length - 1);
      return names.toSpliced(at, 2, ...names.slice(at, at + 2).toReversed());
    }),
  },
  { what: 'names in upper case', mutate: listing((names) => names.map((name) => name.toUpperCase())) },
];

const MAC = /(?<=Signature=)[0-9a-f]+/;

const AUTHORIZATION: readonly Mutation[] = [
  {
    what: 'a bit of the signature',
    mutate: (sent, [first, second]) =>
      rewrite(sent, MAC, (mac) => {
        const at = first % mac.length;
        const digit = Number.parseInt(mac.charAt(at), 16) ^ (1 << (second % 4));
        return `${mac.slice(0, at)}${digit.toString(16)}${mac.slice(at + 1)}`;
      }),
  },
  { what: 'a digit less of the signature', mutate: (sent) => rewrite(sent, MAC, (mac) => mac.slice(1)) },
  { what: 'a digit more of the signature', mutate: (sent) => rewrite(sent, MAC, (mac) => `${mac}0`) },
  { what: 'the algorithm', mutate: (sent) => rewrite(sent, /SHA256/, () => 'SHA512') },
  { what: 'the service', mutate: (sent) => rewrite(sent, /\/swf\//, () => '/states/') },
  { what: 'the terminator', mutate: (sent) => rewrite(sent, /aws4_request/, () => 'aws4_reques') },
  {
    what: 'the region',
    mutate: (sent, [die]) => rewrite(sent, new RegExp(REGIONS.join('|')), (region) => pickOther(REGIONS, region, die)),
  },
  {
    what: "the scope's date",
    mutate: (sent, [die]) => rewrite(sent, /(?<=\/)\d{8}(?=\/)/, (date) => String(Number(date) + 1 + (die % 9))),
  },
  {
    what: 'the key id, to that of another key',
    mutate: (sent, [die]) =>
      rewrite(sent, /HBRK\w{16}/, (id) =>
        pickOther<string>(
          KEYS.map(({ keyId }) => keyId),
          id,
          die,
        ),
      ),
  },
  { what: 'the key id, to that of none', mutate: (sent) => rewrite(sent, /HBRK\w{16}/, () => aKeyId(7)) },
  { what: 'the header twice', mutate: (sent) => rewrite(sent, /^.*$/, (header) => `${header},${header}`) },
];

const shift = (seconds: number): number => (seconds % 299) + 1;

const REST: readonly Mutation[] = [
  {
    what: 'the path, to another domain',
    mutate: (sent, [die]) => {
      const { path } = sent.request;
      const to = (domain: string) => (path === '/' ? `/domains/${domain}` : path.replace(/domain-\d/, domain));
      const others = DOMAINS.filter(({ name }) => !path.includes(name));
      return change(sent, { path: to(pick(others, die).name) });
    },
  },
  {
    what: 'the path, to another route',
    mutate: (sent) => change(sent, { path: sent.request.path === '/' ? '/domains/domain-0' : '/' }),
  },
  { what: 'the path, longer', mutate: (sent) => change(sent, { path: `${sent.request.path}${ATOM}` }) },
  {
    what: 'the method',
    mutate: (sent, [die]) => change(sent, { method: pick(['GET', 'PUT', 'PATCH', 'post', 'HEAD'], die) }),
  },
  { what: 'the relay that it is sent to', mutate: (sent) => change(sent, { host: `${ATOM}${sent.request.host}` }) },
  {
    what: 'the host, and the relay that it is sent to',
    mutate: (sent) => withHeader(change(sent, { host: 'relay.example' }), 'host', 'relay.example'),
  },
  {
    what: 'a bit of the body',
    mutate: (sent, [first, second]) => {
      const body = Buffer.from(sent.request.body);
      const at = first % body.byteLength;
      body.writeUInt8(body.readUInt8(at) ^ (1 << (second % 8)), at);
      return change(sent, { body });
    },
  },
  {
    what: 'a byte more of the body',
    mutate: (sent, [die]) => change(sent, { body: Buffer.concat([sent.request.body, Buffer.of(die % 256)]) }),
  },
  { what: 'a byte less of the body', mutate: (sent) => change(sent, { body: sent.request.body.slice(0, -1) }) },
  {
    what: 'its date, by seconds',
    mutate: (sent, [first, second]) => {
      const signedAt = readHeader(sent, 'x-amz-date');
      const atMs = Date.parse(signedAt.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
      const byMs = shift(first) * 1000 * (second % 2 === 0 ? 1 : -1);
      return withHeader(sent, 'x-amz-date', toSignedAt(atMs + byMs));
    },
  },
  {
    what: 'when it arrives',
    mutate: (sent, [first, second]) => {
      const byMs = (600_001 + (first % 86_400_000)) * (second % 2 === 0 ? 1 : -1);
      return { ...sent, nowMs: sent.nowMs + byMs };
    },
  },
];

export const MUTATIONS: readonly Mutation[] = [...HEADERS, ...NAMES, ...AUTHORIZATION, ...REST];
