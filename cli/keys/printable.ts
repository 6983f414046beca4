/** Whoever can write the table must not command the operator's terminal. */
export function toPrintable(text: string): string {
  return text.replaceAll(/[^\x20-\x7E]/g, '?');
}

/**
 * JSON in ASCII. `JSON.stringify` leaves DEL, the second control characters of Latin 1 and marks that change the direction
 * of text as they are, and terminals obey them.
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7E]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
