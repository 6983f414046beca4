import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';

import { CONNECTION_FILE, DEFAULT_STATE_FOLDER } from '../cli/connection.ts';
import { runCommand, UsageError } from '../cli/usage.ts';
import { SettingsError } from '../lib/settings.ts';
import { JournalDamagedError } from './aws/swf/journal.ts';
import { beatFileOf, FILES, foreignDomainOf } from './bootstrap.ts';
import { FaultRuleError } from './faults.ts';
import { CERTIFICATE_FILES } from './gateway/tls/certificate.ts';
import { PortInUseError } from './listen.ts';
import { LiveLines } from './live-lines.ts';
import { run, type Running, type RunOptions } from './running.ts';
import { StateFolderError } from './state-folder.ts';

/** 128 and the signal's number, as shells have it. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const DEFAULTS = { relayPort: 8787, awsPort: 8788, maxContainers: 8 } as const;

const OPTIONS = {
  port: { type: 'string' },
  'aws-port': { type: 'string' },
  domains: { type: 'string' },
  state: { type: 'string' },
  containers: { type: 'string' },
  faults: { type: 'string' },
  tls: { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

const USAGE = `Runs the relay on this machine, from the template that cdk deploy takes.

  npm start -- [--port N] [--aws-port N] [--domains a,b] [--state DIR] [--containers N] [--faults FILE] [--tls]

  --port, --aws-port  where the relay and the AWS endpoint listen; 0 takes a free port
  --domains           instead of those of the stage dev in cdk.json
  --state             the folder that everything is kept in, ${DEFAULT_STATE_FOLDER} unless set
  --containers        how many containers of the function there may be at once, 8 unless set
  --faults            a file of faults to start with, one a line
  --tls               the relay speaks HTTPS, with a certificate made for the state folder
`;

/** What is the user's to mend: one clear line, and exit code 2. */
const USER_FAULTS = [SettingsError, StateFolderError, PortInUseError, JournalDamagedError, FaultRuleError];

await runCommand(async () => {
  // Whatever is made in the state folder is its owner's alone.
  process.umask(0o077);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const options = toRunOptions(values);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      process.exitCode = SIGNAL_EXIT_CODES[signal];
      stop.abort();
    });
  }
  const stopped = once(stop.signal, 'abort');
  try {
    const running = await runOrExplain({ ...options, signal: stop.signal });
    process.stdout.write(toSteps(running, options));
    await stopped;
    await running.close();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
});

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function toRunOptions(values: Values): RunOptions {
  const { domains, faults } = values;
  return {
    statePath: values.state ?? DEFAULT_STATE_FOLDER,
    relayPort: parseWhole('--port', values.port, 65_535) ?? DEFAULTS.relayPort,
    awsPort: parseWhole('--aws-port', values['aws-port'], 65_535) ?? DEFAULTS.awsPort,
    maxContainers: parseWhole('--containers', values.containers, 64, 1) ?? DEFAULTS.maxContainers,
    tls: values.tls,
    ...(domains === undefined ? {} : { domains }),
    ...(faults === undefined ? {} : { faults: readFaults(faults) }),
    observer: (declared) => {
      const { onAnswered, onDenial } = new LiveLines(declared, (line) => process.stdout.write(`${line}\n`));
      return { onAnswered, onDenial };
    },
  };
}

function parseWhole(option: string, text: string | undefined, most: number, least = 0): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text} is not a whole number from ${least} to ${most}`);
}

function readFaults(file: string): string[] {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`--faults ${file} is not a file`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

async function runOrExplain(options: RunOptions): Promise<Running> {
  try {
    return await run(options);
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.problems.join('; '), { cause: error });
    const isUserFault = USER_FAULTS.some((fault) => error instanceof fault);
    if (isUserFault && error instanceof Error) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function toSteps({ stack, stateFolder, domains }: Running, { statePath }: RunOptions): string {
  const [domain = ''] = domains;
  const foreign = foreignDomainOf(domains);
  const file = (name: string): string => toShortPath(stateFolder.file(name));
  const cacert = stack.certificate === undefined ? '' : ` --cacert ${file(CERTIFICATE_FILES.authority)}`;
  const beat = (name: string): string =>
    `curl -sS${cacert} ${stack.relayUrl}/domains/${domain}/heartbeats -H @${file(FILES.workerHeader)} -d @${file(name)}`;
  const state = statePath === DEFAULT_STATE_FOLDER ? '' : ` --state ${statePath}`;
  return `Heartbeat relay, from the template that cdk deploy takes. No AWS account is used.
  relay ${stack.relayUrl}   AWS endpoint ${stack.awsUrl}   domains ${domains.join(', ')}
  1 beat      ${beat(beatFileOf(domain, domain))}
  2 cancel    npm run task -- cancel${state}      then 1 again: "cancelRequested": true
  3 trespass  the same curl with -d @${file(beatFileOf(foreign, domain))}: refused by IAM
  4 all of it npm run demo                beat, cancel, trespass, outage, timeout, in 20 s
  The rest is in ${file(CONNECTION_FILE)}. Ctrl-C stops.
`;
}

function toShortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
