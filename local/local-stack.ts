import type { Assembly } from './assembly.ts';
import type { Denial } from './aws/access.ts';
import type { Credential, Credentials, SessionCredential } from './aws/credentials.ts';
import type { ObservedCall } from './aws/endpoint.ts';
import type { Realm } from './aws/realm.ts';
import type { FileFaults } from './faults-file.ts';
import type { FunctionHost } from './function-host/host.ts';
import type { FunctionMetric } from './function-host/settings.ts';
import { startGateway } from './gateway/server.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import type { ServerCertificate } from './gateway/tls/certificate.ts';
import { type LocalAwsOptions, startLocalAws } from './local-aws.ts';
import { createFunctionHost, issueFunctionSession } from './relay-function.ts';
import { toGatewaySettings } from './relay-gateway.ts';
import type { StateFolder } from './state-folder.ts';
import { onlyResource } from './template/resources.ts';
import { loadTemplate, type Template } from './template/template.ts';

export interface LocalStackOptions {
  readonly assembly: Assembly;
  readonly stateFolder: StateFolder;
  /** 0 selects a free port. */
  readonly relayPort: number;
  readonly awsPort: number;
  readonly maxContainers: number;
  /** If present, the relay uses HTTPS. */
  readonly certificate?: ServerCertificate | undefined;
  readonly observer?: Observer;
  /** Other quotas than an account has at first. */
  readonly swfQuotas?: LocalAwsOptions['swfQuotas'];
  readonly keepsTables?: LocalAwsOptions['keepsTables'];
  /** Variables of the function's processes besides the template's. */
  readonly containerEnvironment?: Readonly<Record<string, string>>;
}

/** Callbacks for what happens while the stack runs. */
export interface Observer {
  readonly onCall?: (call: ObservedCall) => void;
  readonly onDenial?: (denial: Denial) => void;
  readonly onAnswered?: (exchange: AnsweredExchange) => void;
  /** A line of the function's log, or of the gateway's access log. */
  readonly onLogLine?: (line: string) => void;
  readonly onFunctionMetric?: (name: FunctionMetric, value: number) => void;
}

/** A template's gateway and function, in one realm. */
export interface LocalRelay {
  readonly relayUrl: string;
  readonly functionHost: FunctionHost;
  /** The credentials with which the function's containers sign. */
  readonly functionSession: SessionCredential;
  /** The environment variables from the template. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
}

/** A running stack on this machine. */
export interface LocalStack extends LocalRelay {
  readonly template: Template;
  /** Absent if the relay uses plain HTTP. */
  readonly certificate?: ServerCertificate | undefined;
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  /** May do everything, like the person who deploys the stack. */
  readonly operator: Credential;
  readonly faults: FileFaults;
  readonly realm: Realm;
  readonly credentials: Credentials;
  /**
   * Starts another gateway and function in addition to the stack's own, in another realm. Without an environment for its
   * containers it takes the stack's.
   */
  readonly openRelay: (
    realm: Realm,
    containerEnvironment?: LocalStackOptions['containerEnvironment'],
  ) => Promise<LocalRelay>;
  readonly close: () => Promise<void>;
}

/** The example account of AWS's documentation, which belongs to nobody. */
const ACCOUNT_ID = '123456789012';

const clock = Date.now;

/** Runs the assembly's template: its routes, its bundle, its environment and its policies. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  await using closing = new AsyncDisposableStack();
  const stack = await start(options, closing);
  const started = closing.move();
  const open: LocalStack['openRelay'] = async (realm, containerEnvironment = options.containerEnvironment ?? {}) =>
    openRelay({ ...stack, ...options, containerEnvironment }, realm, 0, started);
  return { ...stack, openRelay: open, close: () => started.disposeAsync() };
}

async function start(
  options: LocalStackOptions,
  closing: AsyncDisposableStack,
): Promise<Omit<LocalStack, 'close' | 'openRelay'>> {
  const {
    assembly,
    stateFolder,
    relayPort,
    awsPort: port,
    certificate,
    observer = {},
    swfQuotas,
    keepsTables,
  } = options;
  const { stackName, region } = assembly;
  const template = loadTemplate(assembly.template, { stackName, region, accountId: ACCOUNT_ID });
  const addresses = { relayUrl: '' };
  const onCall = (call: ObservedCall): void => observer.onCall?.(call);
  const onDenial = (denial: Denial): void => observer.onDenial?.(denial);
  const relayUrl = (): string => addresses.relayUrl;
  const aws = await startLocalAws(
    { template, stateFolder, port, clock, swfQuotas, keepsTables, onCall, onDenial, relayUrl },
    closing,
  );
  const { url: awsUrl, realm, credentials, operator } = aws;
  const relay = await openRelay({ ...options, template, credentials, awsUrl }, realm, relayPort, closing);
  addresses.relayUrl = relay.relayUrl;
  return {
    ...relay,
    ...aws,
    template,
    certificate,
    awsUrl,
    region,
    accountId: ACCOUNT_ID,
    operator,
    faults: realm.faults,
  };
}

interface RelayParts extends Pick<
  LocalStackOptions,
  'assembly' | 'maxContainers' | 'certificate' | 'observer' | 'containerEnvironment'
> {
  readonly template: Template;
  readonly credentials: Credentials;
  readonly awsUrl: string;
}

async function openRelay(
  {
    template,
    assembly,
    credentials,
    awsUrl,
    maxContainers,
    certificate,
    observer = {},
    containerEnvironment,
  }: RelayParts,
  realm: Realm,
  port: number,
  closing: AsyncDisposableStack,
): Promise<LocalRelay> {
  const session = issueFunctionSession(template, realm, credentials);
  const onLogLine = (line: string): void => observer.onLogLine?.(line);
  const onMetric = (name: FunctionMetric, value: number): void => observer.onFunctionMetric?.(name, value);
  const parts = { template, assembly, session, awsUrl, maxContainers, onLogLine, onMetric, containerEnvironment };
  const functionHost = createFunctionHost(parts);
  closing.defer(() => functionHost.close());
  const { settings, authorizeInvocation } = toGatewaySettings(template, realm);
  const gateway = await startGateway(
    settings,
    {
      invoke: async (event) =>
        authorizeInvocation() ? functionHost.invoke(event) : { kind: 'failed', errorType: 'AccessDenied' },
      clock,
      onAccessLog: onLogLine,
      onAnswered: (exchange) => observer.onAnswered?.(exchange),
    },
    port,
    certificate,
  );
  closing.defer(gateway.close);
  const { Environment: environment } = onlyResource(template.resources, 'AWS::Lambda::Function');
  const asFunction = { functionSession: session, functionEnvironment: environment.Variables };
  return { relayUrl: gateway.url, functionHost, ...asFunction };
}
