import { UsageError } from '../operator/usage-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks before a command does what it can't undo.
 *
 * @param instead how to go without being asked: `add --yes to start`.
 * @throws UsageError if nobody can be asked.
 */
export async function isAgreedTo(terminal: Terminal, question: string, instead: string): Promise<boolean> {
  const answer = await terminal.ask(`${question} [y/N] `);
  if (answer === undefined) {
    throw new UsageError(`this is not a terminal, so nobody can be asked: ${instead}`);
  }
  return /^y(?:es)?$/i.test(answer.trim());
}
