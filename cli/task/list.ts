import { setTimeout as sleep } from 'node:timers/promises';

import { readConnection } from '../../local/connection.ts';
import { listOpenTasks, type OpenTask } from '../../local/open-tasks.ts';
import type { Terminal } from '../terminal.ts';
import { toTable } from './table.ts';
import { toJson } from '../json.ts';

export interface ListOptions {
  readonly domain?: string;
  readonly watch: boolean;
  readonly output: 'text' | 'json';
  readonly state: string;
}

const REFRESH_MS = 1_000;

/** Moves to the top left corner and erases the screen below (ECMA-48). */
const REDRAW = '\u001b[H\u001b[J';

export async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  if (!options.watch) {
    await terminal.print(await toText(options, terminal));
    return;
  }
  const { interruption } = terminal;
  while (!interruption.aborted) {
    const text = await toText(options, terminal);
    await terminal.print(terminal.isInteractive ? `${REDRAW}${text}` : text);
    await sleepUnlessAborted(REFRESH_MS, interruption);
  }
}

async function toText({ domain, output, state }: ListOptions, terminal: Terminal): Promise<string> {
  const tasks: readonly OpenTask[] = await listOpenTasks(readConnection(state), domain);
  if (output === 'json') return `${toJson(tasks)}\n`;
  return tasks.length === 0 ? 'no open task\n' : toTable(tasks, Date.now(), terminal);
}

async function sleepUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(durationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
