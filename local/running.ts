import { CONNECTION_FILE } from './connection.ts';
import { parseSettings } from '../lib/settings.ts';
import { loadAssembly, readContext } from './assembly.ts';
import { prepare } from './bootstrap.ts';
import { loadCertificate } from './gateway/tls/certificate.ts';
import { type LocalStack, type LocalStackOptions, type Observer, startLocalStack } from './local-stack.ts';
import { StateFolder } from './state-folder.ts';

export interface RunOptions {
  readonly statePath: string;
  /** `a,b`, instead of those in `cdk.json`. */
  readonly domains?: string;
  readonly relayPort: number;
  readonly awsPort: number;
  readonly maxContainers: number;
  /** The relay speaks HTTPS, with a certificate of the state folder's own. */
  readonly tls?: boolean;
  /** Rules to start with. */
  readonly faults?: readonly string[];
  readonly observer?: (domains: readonly string[]) => Observer;
  /** Other quotas than an account has at first. */
  readonly swfQuotas?: LocalStackOptions['swfQuotas'];
  readonly keepsTables?: LocalStackOptions['keepsTables'];
  /** Variables of the function's processes besides the template's. */
  readonly containerEnvironment?: Readonly<Record<string, string>>;
  /** Gives the start up, wherever it is. */
  readonly signal?: AbortSignal;
}

/** A local stack with a worker, tasks and `connection.json`, ready for the printed steps. */
export interface Running {
  readonly stack: LocalStack;
  readonly stateFolder: StateFolder;
  readonly domains: readonly string[];
  /** Ends all of it within 2 s, and takes `connection.json` away. */
  readonly close: () => Promise<void>;
}

/**
 * Synthesizes where needed, starts the stack, and prepares it.
 *
 * @throws SettingsError, StateFolderError, SynthesisError, PortInUseError, JournalDamagedError
 */
export async function run(options: RunOptions): Promise<Running> {
  const { statePath, relayPort, awsPort, maxContainers, tls = false, faults = [], observer, signal } = options;
  const { containerEnvironment = {}, swfQuotas, keepsTables } = options;
  const domains = findDomains(options.domains);
  const stateFolder = StateFolder.open(statePath);
  // One that a killed run left would send others to a stack that is gone.
  stateFolder.remove(CONNECTION_FILE);
  let stack: LocalStack | undefined;
  const close = async (): Promise<void> => {
    stateFolder.remove(CONNECTION_FILE);
    await stack?.close();
    stateFolder.release();
  };
  try {
    const assembly = await loadAssembly(options.domains, signal);
    signal?.throwIfAborted();
    const certificate = tls ? await loadCertificate(stateFolder, Date.now()) : undefined;
    const observers = observer === undefined ? {} : { observer: observer(domains) };
    stack = await startLocalStack({
      assembly,
      stateFolder,
      relayPort,
      awsPort,
      maxContainers,
      certificate,
      containerEnvironment,
      swfQuotas,
      keepsTables,
      ...observers,
    });
    signal?.throwIfAborted();
    await prepare(stack, stateFolder, domains);
    signal?.throwIfAborted();
    stack.faults.set(faults);
    return { stack, stateFolder, domains, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** In the order in which they were named. An object would put a name like `7` first. */
function findDomains(domains: string | undefined): string[] {
  const { stages, domains: tried } = readContext(domains);
  const declared = Object.keys(parseSettings({ stage: undefined, stages, domains: tried }).domains);
  return domains?.split(',') ?? declared;
}
