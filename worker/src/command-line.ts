import { parseArgs } from 'node:util';

/** The command line or the variables cannot be used. The message names what, never its value. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface RunOptions {
  readonly command: readonly [string, ...string[]];
  readonly graceSeconds: number;
  readonly detailsFile: string | undefined;
  /** Where the work writes details, line by line. */
  readonly detailsDescriptor: number | undefined;
  readonly report: boolean;
  readonly resultFile: string | undefined;
  /** How many lines of the work's standard error a failure reports. */
  readonly stderrTail: number | undefined;
  readonly quiet: boolean;
  readonly log: 'text' | 'json';
}

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: RunOptions };

const OPTIONS = {
  grace: { type: 'string', default: '30' },
  'details-file': { type: 'string' },
  'details-fd': { type: 'string' },
  report: { type: 'boolean', default: false },
  'result-file': { type: 'string' },
  'stderr-tail': { type: 'string' },
  quiet: { type: 'boolean', default: false },
  log: { type: 'string', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

const GRACE_SECONDS = { from: 0, to: 86_400 };
/** The shell's own redirections know no others. */
const DESCRIPTORS = { from: 3, to: 9 };
const TAIL_LINES = { from: 1, to: 1_000 };

export const HELP = `Usage: swf-heartbeat-worker run [options] -- COMMAND [ARGUMENT...]

Runs COMMAND, which works on one activity task of Amazon SWF, and sends the task's heartbeats to a relay.

Options:
  --grace SECONDS       from SIGTERM to SIGKILL when the work must end (default 30)
  --details-file FILE   its first 2048 characters are the details of each heartbeat
  --details-fd N        each line that COMMAND writes to descriptor N (3 to 9) becomes the details
  --report              complete, fail or cancel the task when the work has ended
  --result-file FILE    with --report: the result of a completed task
  --stderr-tail LINES   with --report: the last lines of standard error are the details of a failure
  --quiet               print only what ends the work
  --log text|json       how to print (default text)
  -h, --help            print this
  --version             print the version

Variables:
  HEARTBEAT_RELAY_URL, HEARTBEAT_DOMAIN, HEARTBEAT_KEY_FILE (or HEARTBEAT_KEY), TASK_TOKEN,
  HEARTBEAT_TIMEOUT_SECONDS; optional: HEARTBEAT_CA_FILE, HTTPS_PROXY, NO_PROXY

Exit codes:
  that of COMMAND; 2 wrong usage; 90 canceled; 91 the task was over; 92 no heartbeat was recorded for too long;
  93 the relay did not take the report
`;

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const { values, positionals } = parseOwn(own);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (positionals[0] !== 'run' || positionals.length > 1)
    throw new UsageError('the command line must be: run [options] -- COMMAND');
  const [program, ...rest] = end === -1 ? [] : args.slice(end + 1);
  if (program === undefined || program === '') throw new UsageError('there must be -- and a COMMAND behind it');
  return {
    kind: 'run',
    options: {
      command: [program, ...rest],
      graceSeconds: parseNumber('--grace', values.grace, GRACE_SECONDS),
      ...parseDetails(values['details-file'], values['details-fd']),
      report: values.report,
      resultFile: values['result-file'],
      stderrTail: parseOptionalNumber('--stderr-tail', values['stderr-tail'], TAIL_LINES),
      quiet: values.quiet,
      log: parseLog(values.log),
    },
  };
}

function parseOwn(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'unknown option');
  }
}

function parseDetails(
  detailsFile: string | undefined,
  descriptor: string | undefined,
): Pick<RunOptions, 'detailsFile' | 'detailsDescriptor'> {
  if (detailsFile !== undefined && descriptor !== undefined)
    throw new UsageError('--details-fd and --details-file exclude each other');
  return { detailsFile, detailsDescriptor: parseOptionalNumber('--details-fd', descriptor, DESCRIPTORS) };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function parseNumber(name: string, text: string, { from, to }: Range): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${name} must be a whole number from ${from} to ${to}`);
}

const parseOptionalNumber = (name: string, text: string | undefined, range: Range): number | undefined =>
  text === undefined ? undefined : parseNumber(name, text, range);

function parseLog(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text;
  throw new UsageError('--log must be text or json');
}
