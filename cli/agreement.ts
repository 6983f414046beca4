import { UsageError } from '../operator/usage-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * @param instead how to go on without being asked: `add --yes to start`.
 * @throws UsageError if nobody can be asked.
 */
export function assertCanAsk(terminal: Terminal, instead: string): void {
  if (terminal.canAsk) return;
  throw new UsageError(`this is not a terminal, so nobody can be asked: ${instead}`);
}

/** Asks before a command does what it can't undo. No answer is no. */
export async function isAgreedTo(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await terminal.ask(`${question} [y/N] `);
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}
