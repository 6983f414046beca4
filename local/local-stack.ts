import type { Assembly } from './assembly.ts';
import { Access, type Denial } from './aws/access.ts';
import type { Caller } from './aws/api.ts';
import { createCloudFormation } from './aws/cloudformation.ts';
import { type Credential, Credentials } from './aws/credentials.ts';
import { startDynamoDb, type RunningDynamoDb } from './aws/dynamodb.ts';
import { type ObservedCall, startAwsEndpoint } from './aws/endpoint.ts';
import { createKms } from './aws/kms.ts';
import { createSts } from './aws/sts.ts';
import { createSwfApi } from './aws/swf-api.ts';
import { LocalSwf } from './aws/swf/local-swf.ts';
import { Faults } from './faults.ts';
import type { FunctionHost } from './function-host/host.ts';
import { startGateway } from './gateway/server.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import type { RunningServer } from './listen.ts';
import { createFunctionHost } from './relay-function.ts';
import { toGatewaySettings } from './relay-gateway.ts';
import type { StateFolder } from './state-folder.ts';
import { resourcesOf } from './template/resources.ts';
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
  readonly close: () => Promise<void>;
}

/** Nobody's account: the one that AWS's documentation uses. */
const ACCOUNT_ID = '123456789012';

const clock = Date.now;

/** Runs the assembly's template: its routes, its bundle, its environment, its policies in force. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { assembly, stateFolder, observer = {} } = options;
  const { stackName, region } = assembly;
  const template = loadTemplate(assembly.template, { stackName, region, accountId: ACCOUNT_ID });
  const access = new Access(template.resources, (denial) => observer.onDenial?.(denial));
  const credentials = new Credentials();
  const faults = new Faults(stateFolder.file('faults'));
  const closing = new Closing();
  try {
    const swf = LocalSwf.open({ journalFile: stateFolder.file('swf.journal'), clock, quotas: true });
    closing.add(async () => swf.close());
    const dynamodb = await openTables(template, access, stateFolder);
    closing.add(dynamodb.close);
    const relay: { url: string } = { url: '' };
    const apis = [
      createSwfApi(swf, access),
      createSts({ access, credentials, clock }),
      openKms(template, access, stateFolder),
      dynamodb.api,
      createCloudFormation({ access, ...describe(template), outputs: () => template.outputs(relay.url) }),
    ];
    const onCall = (call: ObservedCall): void => observer.onCall?.(call);
    const endpoint = await startAwsEndpoint({ apis, credentials, faults, clock, onCall }, options.awsPort);
    closing.add(endpoint.close);
    const functionHost = createFunctionHost({ template, assembly, access, credentials, awsUrl: endpoint.url, options });
    closing.add(() => functionHost.close());
    const gateway = await openGateway(template, access, functionHost, options);
    closing.add(gateway.close);
    relay.url = gateway.url;
    const operator = credentials.issueUserKey(toOperator());
    const urls = { relayUrl: gateway.url, awsUrl: endpoint.url };
    return { ...urls, region, accountId: ACCOUNT_ID, operator, faults, functionHost, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/** What has been started, to be ended in the other order. */
class Closing {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0)) await step();
  }
}

function openKms(template: Template, access: Access, stateFolder: StateFolder) {
  const keyArns = resourcesOf(template.resources, 'AWS::KMS::Key').map(({ arn }) => arn);
  return createKms({ access, keyArns, rootFile: stateFolder.file('kms.root') });
}

async function openTables(template: Template, access: Access, stateFolder: StateFolder): Promise<RunningDynamoDb> {
  return startDynamoDb({
    access,
    folder: stateFolder.file('dynamodb'),
    tables: resourcesOf(template.resources, 'AWS::DynamoDB::Table'),
    tableArnPrefix: `arn:aws:dynamodb:${template.place.region}:${ACCOUNT_ID}:table/`,
  });
}

function describe({ place: { stackName, region } }: Template): { stackName: string; stackArn: string } {
  return { stackName, stackArn: `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${stackName}/local` };
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

function toOperator(): Caller {
  const arn = `arn:aws:iam::${ACCOUNT_ID}:user/operator`;
  return { principal: { kind: 'user', arn, accountId: ACCOUNT_ID }, accountId: ACCOUNT_ID };
}
