import { UsageError } from '../operator/usage-error.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Docker takes a value literally, quotes included, while a shell and dotenv need quotes around most characters. These
 * characters need none, so all three read the same value.
 */
const SAME_EVERYWHERE = /^[\w./:@%+,=-]*$/;

/**
 * `NAME=value` lines that `docker --env-file`, dotenv and a shell read alike. Undefined values are left out.
 *
 * @throws UsageError for a value that they would read differently.
 */
export function toEnvLines(variables: Variables): string {
  return Object.entries(variables)
    .flatMap(([name, value]) => (value === undefined ? [] : [toEnvLine(name, value)]))
    .join('');
}

/** Lines that all three skip. */
export function toCommentLines(text: string): string {
  return text.replaceAll(/^/gm, '# ').concat('\n');
}

function toEnvLine(name: string, value: string): string {
  if (SAME_EVERYWHERE.test(value)) return `${name}=${value}\n`;
  throw new UsageError(
    `--output env can't write ${name}, because shells, dotenv and docker --env-file would read its value differently: use --output json`,
  );
}
