import { isKeyId, type KeyId } from '../../lambda/workers/worker-key.ts';
import { UsageError } from '../usage.ts';

/** One of `npm run keys --`'s commands. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** @param args what stands after the command's name. */
  readonly run: (args: readonly string[], nowMs: number) => Promise<void>;
}

/**
 * The one key that a command is about. What is refused is not printed: it may be a whole key, secret included.
 *
 * @throws UsageError
 */
export function parseKeyId(positionals: readonly string[]): KeyId {
  const [keyId = '', ...more] = positionals;
  if (more.length === 0 && isKeyId(keyId)) return keyId;
  throw new UsageError('name one key by its id: HBRK and 16 letters and digits, without the dot and the secret');
}

/** @throws UsageError where there are words that no option took. */
export function assertNoWords(positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  throw new UsageError('there are words that belong to no option: put a value with spaces into quotes');
}

/** @throws UsageError for a value that is not one of `values`. */
export function parseChoice<Value extends string>(option: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UsageError(`${option} takes ${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`);
}
