const KEY = /^HBRK[A-Z2-7]{16}\.[A-Za-z0-9_-]{43}$/;

/** Editors and shells surround a pasted text with a byte order mark, spaces and line ends. */
export const stripped = (text: string): string => text.replace(/^\uFEFF/, '').trim();

export const isKey = (text: string): boolean => KEY.test(text);

/**
 * Whole characters only: the relay refuses a text that ends in half of one. It is not known whether SWF counts code points or UTF-16
 * units. This counts units, which is right for both.
 */
export const toFirst = (count: number, text: string): string => {
  const isCutInside = text.length > count && /[\ud800-\udbff]/.test(text.charAt(count - 1));
  return text.slice(0, isCutInside ? count - 1 : count).toWellFormed();
};

const MAX_CAUSE_CHARACTERS = 200;

/** One printable line about an error, without paths. */
export function toCause(error: unknown): string {
  const { code, message } = toParts(error);
  const text = code !== undefined && (message === '' || message.includes('/')) ? code : message;
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_CAUSE_CHARACTERS);
}

function toParts(error: unknown): { readonly code: string | undefined; readonly message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: 'unknown error' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { code, message: error.message };
}
