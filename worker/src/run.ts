import type { RunOptions } from './command-line.ts';
import { readDetailsFrom } from './details-pipe.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './index.ts';
import { Log } from './log.ts';
import { report } from './report.ts';
import { StderrTail } from './stderr-tail.ts';
import { readVariables, withoutSecrets } from './variables.ts';
import { Work } from './work.ts';

/** What the lines add to the library's own words. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  cancelRequested: ': work told to end',
  closed: ': work stopped',
  lost: ': work stopped',
};

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs the work with heartbeats beside it. @returns the exit code. */
export async function run(options: RunOptions, environment: NodeJS.ProcessEnv): Promise<number> {
  const given = readVariables(environment, options.detailsFile);
  const log = new Log(options);
  const told: { work?: Work; signaled: boolean } = { signaled: false };
  // First of all: nobody else would end the work.
  for (const signal of SIGNALS)
    process.on(signal, () => {
      told.signaled = true;
      told.work?.end();
    });
  const heartbeat = startHeartbeat(given);
  const work = startWork(options, environment, log);
  told.work = work;
  if (told.signaled) work.end();
  follow(heartbeat, work, log);
  if (work.pipe !== undefined) readDetailsFrom(work.pipe, (details) => heartbeat.details(details));
  const tail = work.stderr === undefined ? undefined : new StderrTail(work.stderr, options.stderrTail ?? 0);
  const code = await work.ended();
  const details = await tail?.text();
  const { state } = heartbeat;
  if (state === 'closed' || state === 'lost') return EXIT_CODES[state];
  if (options.report) return report(heartbeat, { code, log, resultFile: options.resultFile, details });
  await heartbeat.stop();
  return state === 'canceled' ? EXIT_CODES.canceled : code;
}

function startWork(
  { command, graceSeconds, detailsDescriptor, stderrTail }: RunOptions,
  environment: NodeJS.ProcessEnv,
  log: Log,
): Work {
  return new Work(command, {
    environment: withoutSecrets(environment),
    graceSeconds,
    onKill: () => log.say('killed', `work did not end within ${graceSeconds} s: killed`),
    onNotStarted: (cause) => log.say('notStarted', `work not started: ${cause}`),
    pipeDescriptor: detailsDescriptor,
    readsStderr: stderrTail !== undefined,
  });
}

/** Acts first, then prints. */
function follow(heartbeat: Heartbeat, work: Work, log: Log): void {
  heartbeat.on(({ event, message }) => {
    const consequence = CONSEQUENCES[event];
    if (consequence !== undefined) work.end();
    log.say(event, message + (consequence ?? ''));
  });
}
