/** Terminals obey some of them, and others turn the text around: C1 controls, line separators, and directions of writing. */
const UNSAFE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** JSON that may be shown on a terminal, whoever wrote the strings in it. `JSON.stringify` escapes the other controls. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSAFE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
