import type { Assembly } from './assembly.ts';
import type { Access, Denial } from './aws/access.ts';
import type { Credential, SessionCredential } from './aws/credentials.ts';
import type { ObservedCall } from './aws/endpoint.ts';
import type { Faults } from './faults.ts';
import type { FunctionHost } from './function-host/host.ts';
import { startGateway } from './gateway/server.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import type { RunningServer } from './listen.ts';
import { startLocalAws } from './local-aws.ts';
import { createFunctionHost, issueFunctionSession } from './relay-function.ts';
import { toGatewaySettings } from './relay-gateway.ts';
import type { StateFolder } from './state-folder.ts';
import { onlyResource } from './template/resources.ts';
import { loadTemplate, type Template } from './template/template.ts';

export interface LocalStackOptions {
  readonly assembly: Assembly;
  readonly stateFolder: StateFolder;
  /** 0 takes a free one. */
  readonly relayPort: number;
  readonly awsPort: number;
  readonly maxContainers: number;
  readonly observer?: Observer;
}

/** What can be seen from outside while the stack runs. */
export interface Observer {
  readonly onCall?: (call: ObservedCall) => void;
  readonly onDenial?: (denial: Denial) => void;
  readonly onAnswered?: (exchange: AnsweredExchange) => void;
  /** A line of the function's log, or of the gateway's access log. */
  readonly onLogLine?: (line: string) => void;
}

/** A stack that serves, on this machine. */
export interface LocalStack {
  readonly relayUrl: string;
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  /** May do everything, as the person who deploys the stack may. */
  readonly operator: Credential;
  readonly faults: Faults;
  readonly functionHost: FunctionHost;
  /** What its containers sign with, and what the template gives them. */
  readonly functionSession: SessionCredential;
  readonly functionEnvironment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Nobody's account: the one that AWS's documentation uses. */
const ACCOUNT_ID = '123456789012';

const clock = Date.now;

/** Runs the assembly's template: its routes, its bundle, its environment, its policies in force. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  await using closing = new AsyncDisposableStack();
  const stack = await start(options, closing);
  const started = closing.move();
  return { ...stack, close: () => started.disposeAsync() };
}

async function start(options: LocalStackOptions, closing: AsyncDisposableStack): Promise<Omit<LocalStack, 'close'>> {
  const { assembly, stateFolder, awsPort, maxContainers, observer = {} } = options;
  const { stackName, region } = assembly;
  const template = loadTemplate(assembly.template, { stackName, region, accountId: ACCOUNT_ID });
  let relayUrl = '';
  const onCall = (call: ObservedCall): void => observer.onCall?.(call);
  const onDenial = (denial: Denial): void => observer.onDenial?.(denial);
  const awsOptions = { template, stateFolder, port: awsPort, clock, onCall, onDenial, relayUrl: () => relayUrl };
  const aws = await startLocalAws(awsOptions, closing);
  const session = issueFunctionSession(template, aws.access, aws.credentials);
  const onLogLine = (line: string): void => observer.onLogLine?.(line);
  const functionHost = createFunctionHost({ template, assembly, session, awsUrl: aws.url, maxContainers, onLogLine });
  closing.defer(() => functionHost.close());
  const gateway = await openGateway(template, aws.access, functionHost, options);
  closing.defer(gateway.close);
  relayUrl = gateway.url;
  const { operator, faults, url: awsUrl } = aws;
  const functionEnvironment = onlyResource(template.resources, 'AWS::Lambda::Function').Environment.Variables;
  const asFunction = { functionHost, functionSession: session, functionEnvironment };
  return { relayUrl, awsUrl, region, accountId: ACCOUNT_ID, operator, faults, ...asFunction };
}

async function openGateway(
  template: Template,
  access: Access,
  functionHost: FunctionHost,
  { relayPort, observer = {} }: LocalStackOptions,
): Promise<RunningServer> {
  const { settings, authorizeInvocation } = toGatewaySettings(template, access);
  return startGateway(
    settings,
    {
      invoke: async (event) =>
        authorizeInvocation() ? functionHost.invoke(event) : { kind: 'failed', errorType: 'AccessDenied' },
      clock,
      onAccessLog: (line) => observer.onLogLine?.(line),
      onAnswered: (exchange) => observer.onAnswered?.(exchange),
    },
    relayPort,
  );
}
