/** One character to be met literally, or a wildcard: `?` takes one character, `*` any number. */
export type Atom =
  | { readonly kind: 'char'; readonly char: string }
  | {
      readonly kind: 'one' | 'many';
      /** Takes no colon: it stays inside its part of an ARN. */ readonly inPart: boolean;
    };

/** The atoms of a literal text. */
export const literal = (text: string): readonly Atom[] => Array.from(text, (char) => ({ kind: 'char', char }));

/** The text of atoms read literally, wildcards included: what `StringEquals` compares. */
export const textOf = (atoms: readonly Atom[]): string =>
  atoms.map((atom) => (atom.kind === 'char' ? atom.char : atom.kind === 'one' ? '?' : '*')).join('');

/**
 * Does the pattern cover the whole value? Case-sensitive; characters are Unicode code points.
 *
 * Works on the set of positions that the atoms so far can have reached: its cost is bounded by the product of the two lengths,
 * whatever the pattern, where trying one `*` after the other could take for ever.
 */
export function matches(pattern: readonly Atom[], value: string): boolean {
  const chars = Array.from(value);
  let reached: readonly boolean[] = [true, ...chars.map(() => false)];
  for (const atom of pattern) reached = advance(atom, reached, chars);
  return reached.at(-1) ?? false;
}

function advance(atom: Atom, reached: readonly boolean[], chars: readonly string[]): readonly boolean[] {
  const next: boolean[] = [];
  for (const [at, here] of reached.entries()) {
    const before = at === 0 ? undefined : chars[at - 1];
    const takes = before !== undefined && covers(atom, before);
    if (atom.kind === 'many') next.push(here || (takes && next[at - 1] === true));
    else next.push(takes && reached[at - 1] === true);
  }
  return next;
}

const covers = (atom: Atom, char: string): boolean =>
  atom.kind === 'char' ? atom.char === char : !(atom.inPart && char === ':');
