/** A secret, by the name that a failing test calls it. */
export interface Mark {
  readonly name: string;
  readonly secret: string;
}

/** Something that was written, printed, stored or answered. */
export interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Finding {
  readonly mark: string;
  readonly where: string;
  readonly encoding: string;
}

/** Each mark is looked for in every one of these forms. */
export const ENCODINGS: Readonly<Record<string, (secret: string) => readonly string[]>> = {
  plain: (secret) => [secret],
  json: (secret) => [toJson(secret), toJson(toJson(secret)), toAsciiJson(secret)],
  hex: (secret) => [toHex(secret), toHex(secret).toUpperCase()],
  url: (secret) => [
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
    encodeURI(secret),
    new URLSearchParams({ secret }).toString().slice('secret='.length),
  ],
  base64: (secret) => [secret, toJson(secret)].flatMap((text) => toBase64Middles(text, 'base64')),
  base64url: (secret) => [secret, toJson(secret)].flatMap((text) => toBase64Middles(text, 'base64url')),
};

/** Every mark that stands in a haystack, once per form. */
export function findMarks(marks: readonly Mark[], haystacks: readonly Haystack[]): Finding[] {
  // One search through all of them tells that most needles stand in none.
  const together = { bytes: Buffer.concat(haystacks.map(({ bytes }) => bytes)) };
  return marks.flatMap(({ name: mark, secret }) =>
    Object.entries(ENCODINGS).flatMap(([encoding, encode]) => {
      const needles = [...new Set(encode(secret))].filter((needle) => together.bytes.includes(needle));
      const hits = haystacks.filter(({ bytes }) => needles.some((needle) => bytes.includes(needle)));
      return hits.map(({ name: where }) => ({ mark, where, encoding }));
    }),
  );
}

const toJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const toAsciiJson = (text: string): string =>
  toJson(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const toHex = (text: string): string => Buffer.from(text).toString('hex');

/** The characters that stand for a text within any longer text, wherever it begins: at each of three bytes of a group. */
function toBase64Middles(text: string, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const whole = Math.floor((bytes.byteLength * 8) / 6);
    return bytes.toString(encoding).slice(Math.ceil((before * 8) / 6), whole);
  });
}
