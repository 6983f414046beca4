import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';

import { SettingsError } from '../../lib/settings.ts';
import { JournalDamagedError } from '../../local/aws/swf/journal.ts';
import { Feed } from '../../local/console/feed.ts';
import { openConsole } from '../../local/console/open-console.ts';
import { FaultRuleError } from '../../local/faults.ts';
import { PortInUseError } from '../../local/listen.ts';
import { LiveLines } from '../../local/live-lines.ts';
import { run, type RunOptions } from '../../local/running.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { ClosedPipeError, type Terminal, withProgress } from '../terminal.ts';
import type { StartOptions } from './command.ts';
import { toSteps } from './steps.ts';

/** Faults that the user can fix: one clear line, and exit code 2. */
const USER_FAULTS = [PortInUseError, JournalDamagedError, FaultRuleError];

/** Runs the local stack until it is interrupted, or until nobody reads its output any more. */
export async function start(options: StartOptions, terminal: Terminal): Promise<void> {
  // Everything in the state folder belongs to its owner alone.
  process.umask(0o077);
  const stop = new AbortController();
  const signal = AbortSignal.any([terminal.interruption, stop.signal]);
  const stopped = once(signal, 'abort');
  const print = async (text: string): Promise<void> => {
    try {
      await terminal.print(text);
    } catch (error) {
      if (!(error instanceof ClosedPipeError)) throw error;
      stop.abort();
    }
  };
  try {
    const feed = new Feed(Date.now);
    const runOptions = toRunOptions(options, { signal, print, feed });
    const running = await withProgress(terminal, 'starting', async () => explain(async () => run(runOptions)));
    await using closing = new AsyncDisposableStack();
    closing.defer(running.close);
    const { url, close } = await explain(async () => openConsole(running, feed, options.consolePort));
    closing.defer(close);
    await print(toSteps(running, url, options.state));
    if (!signal.aborted) await stopped;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Outlets {
  readonly signal: AbortSignal;
  readonly print: (text: string) => Promise<void>;
  readonly feed: Feed;
}

function toRunOptions(options: StartOptions, { signal, print, feed }: Outlets): RunOptions {
  const { domains, faults } = options;
  return {
    statePath: options.state,
    relayPort: options.port,
    awsPort: options.awsPort,
    maxContainers: options.containers,
    tls: options.tls,
    signal,
    ...(domains === undefined ? {} : { domains }),
    ...(faults === undefined ? {} : { faults: readFaults(faults) }),
    observer: (declared) => {
      feed.declare(declared);
      const outlets = [new LiveLines(declared, (line) => void print(`${line}\n`)), feed];
      return {
        onAnswered: (exchange) => outlets.forEach(({ onAnswered }) => onAnswered(exchange)),
        onDenial: (denial) => outlets.forEach(({ onDenial }) => onDenial(denial)),
      };
    },
  };
}

function readFaults(file: string): string[] {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`--faults ${file} is not a file`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** @throws UsageError instead of what the user can fix. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.problems.join('; '), { cause: error });
    const isUserFault = USER_FAULTS.some((fault) => error instanceof fault);
    if (isUserFault && error instanceof Error) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
