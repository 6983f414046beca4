/** One literal character, or a wildcard: `?` matches one character, `*` any number. */
export type Atom =
  | { readonly kind: 'char'; readonly char: string }
  | {
      readonly kind: 'one' | 'many';
      /** Matches no colon, and thus only within one part of an ARN. */
      readonly inPart: boolean;
    };

/** The atoms of a literal text. */
export const literal = (text: string): readonly Atom[] => Array.from(text, (char) => ({ kind: 'char', char }));

/** The text of the atoms, with wildcards as literal characters. `StringEquals` compares this text. */
export const textOf = (atoms: readonly Atom[]): string =>
  atoms.map((atom) => (atom.kind === 'char' ? atom.char : atom.kind === 'one' ? '?' : '*')).join('');

/**
 * Whether the pattern matches the whole value. Case-sensitive. Characters are Unicode code points.
 *
 * Tracks the set of positions that the atoms so far can have reached. For every pattern, the cost is at most the
 * product of the two lengths. Backtracking over each `*` could take forever.
 */
export function matches(pattern: readonly Atom[], value: string): boolean {
  const chars = Array.from(value);
  const wildAt = pattern.findIndex(({ kind }) => kind !== 'char');
  if (wildAt === -1) return pattern.length === chars.length && areAll(pattern, chars);
  // Nearly every pattern begins with a long literal text, and nearly every value with another one.
  if (!areAll(pattern.slice(0, wildAt), chars)) return false;
  const rest = chars.slice(wildAt);
  let reached: readonly boolean[] = [true, ...rest.map(() => false)];
  for (const atom of pattern.slice(wildAt)) reached = advance(atom, reached, rest);
  return reached.at(-1) ?? false;
}

/** Whether the characters begin with these literal ones. */
const areAll = (atoms: readonly Atom[], chars: readonly string[]): boolean =>
  atoms.every((atom, at) => atom.kind === 'char' && atom.char === chars[at]);

function advance(atom: Atom, reached: readonly boolean[], chars: readonly string[]): readonly boolean[] {
  const next: boolean[] = [];
  for (const [at, here] of reached.entries()) {
    const before = at === 0 ? undefined : chars[at - 1];
    const isCovered = before !== undefined && covers(atom, before);
    if (atom.kind === 'many') next.push(here || (isCovered && next[at - 1] === true));
    else next.push(isCovered && reached[at - 1] === true);
  }
  return next;
}

const covers = (atom: Atom, char: string): boolean =>
  atom.kind === 'char' ? atom.char === char : !(atom.inPart && char === ':');
