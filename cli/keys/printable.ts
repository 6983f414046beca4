/** Whoever can write the table must not command the operator's terminal. */
export function toPrintable(text: string): string {
  return text.replaceAll(/[^\x20-\x7E]/g, '?');
}
