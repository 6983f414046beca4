import { format } from 'node:util';

import { vi } from 'vitest';

const toText = (written: unknown): string =>
  written instanceof Uint8Array ? Buffer.from(written).toString() : format(written);

/** Does some work, and tells what it wrote to this process's own output, past the terminal that it was given. */
export async function listenPastTerminal<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly text: string }> {
  const written: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
  ];
  try {
    const done = await work();
    for (const { mock } of spies) written.push(...mock.calls.flat().map(toText));
    return { done, text: written.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
