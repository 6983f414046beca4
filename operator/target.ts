import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SWFClient, type SWFClientConfig } from '@aws-sdk/client-swf';

import { UsageError } from './usage-error.ts';

/** A relay to work on, deployed or local, as its own stack describes it. */
export interface Target {
  readonly stackName: string;
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
  readonly relayUrl: string;
  /** The authority that signed the relay's certificate, if clients would not trust it by themselves. */
  readonly caFile?: string | undefined;
  readonly workerKeysTable: string;
  /** Derives the secrets of new keys. */
  readonly macKeyArn: string;
  /** The generation before it, if the stack still has it. */
  readonly earlierMacKeyArn: string | undefined;
  /** Undefined on a stack that was deployed before this table existed. */
  readonly keyUseTable: string | undefined;
  /** The same. */
  readonly keyEventsTable: string | undefined;
  /** The stack's output about its domains; undefined on a stack that was deployed before it had one. */
  readonly domains: string | undefined;
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
  /** The ARN that AWS knows the operator by. */
  readonly findCaller: () => Promise<string>;
  /** SWF itself, as the operator. */
  readonly createSwf: (config: Pick<SWFClientConfig, 'region' | 'requestHandler'>) => SWFClient;
}

/** What the stack itself says. */
type RelayOutputs = Pick<
  Target,
  'relayUrl' | 'workerKeysTable' | 'macKeyArn' | 'earlierMacKeyArn' | 'keyUseTable' | 'keyEventsTable' | 'domains'
>;

/** How an operator reaches a stack on this machine. */
export interface LocalAccess {
  readonly awsUrl: string;
  readonly region: string;
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly caFile?: string | undefined;
}

/** What an AWS client is made with. On a deployed stack the operator's own environment decides. */
interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>` */
const STACK_ARN =
  /^arn:(?<partition>[\w-]+):cloudformation:(?<region>[\w-]+):(?<accountId>\d{12}):stack\/(?<stackName>[\w-]+)\//;

/**
 * Finds a relay by its stack's name, with the operator's own AWS configuration.
 *
 * @param relayName the relay's own name, where a CDK app put several relays into one stack
 */
export async function findDeployed(stackName: string, relayName?: string): Promise<Target> {
  try {
    return await findTarget({}, stackName, relayName);
  } catch (error) {
    throw toUsageError(error) ?? error;
  }
}

/** A stack that runs on this machine. */
export async function findLocal(access: LocalAccess): Promise<Target> {
  const { awsUrl: endpoint, region, operator: credentials, caFile } = access;
  return { ...(await findTarget({ endpoint, region, credentials: { ...credentials } }, undefined)), caFile };
}

async function findTarget(config: ClientConfig, stackName: string | undefined, relayName = ''): Promise<Target> {
  const client = new CloudFormationClient(config);
  const { Stacks: stacks = [] } = await client.send(
    new DescribeStacksCommand(stackName === undefined ? {} : { StackName: stackName }),
  );
  return {
    ...parseStackArn(stacks[0]?.StackId),
    ...readOutputs(stacks[0], relayName),
    dynamodb: new DynamoDBClient(config),
    kms: new KMSClient(config),
    findCaller: async () => findCaller(config),
    createSwf: (over) => new SWFClient({ ...config, ...over }),
  };
}

/** The outputs of a relay with a name begin with that name. */
function readOutputs({ Outputs, StackName = '' }: Partial<Stack> = {}, relayName: string): RelayOutputs {
  const outputs = new Map(Outputs?.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]));
  const find = (name: string): string | undefined => outputs.get(`${relayName}${name}`);
  const read = (name: string): string => {
    const value = find(name);
    if (value !== undefined) return value;
    const named = toRelayNames([...outputs.keys()]);
    const hint = named === '' ? 'so it is not a heartbeat relay' : `but --relay takes: ${named}`;
    throw new UsageError(`the stack ${StackName} has no output ${relayName}${name}, ${hint}`);
  };
  return {
    relayUrl: read('RelayUrl'),
    workerKeysTable: read('WorkerKeysTable'),
    macKeyArn: read('WorkerKeysMacKey'),
    earlierMacKeyArn: find('WorkerKeysEarlierMacKey'),
    keyUseTable: find('KeyUseTable'),
    keyEventsTable: find('KeyEventsTable'),
    domains: find('Domains'),
  };
}

function toRelayNames(outputs: readonly string[]): string {
  const names = outputs.map((output) => /^(?<name>.+)RelayUrl$/.exec(output)?.groups?.['name'] ?? '');
  return names.filter((name) => name !== '').join(', ');
}

async function findCaller(config: ClientConfig): Promise<string> {
  const client = new STSClient(config);
  try {
    const { Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
    if (arn === undefined) throw new Error('STS does not say who the caller is');
    return arn;
  } finally {
    client.destroy();
  }
}

function parseStackArn(stackArn = ''): Pick<Target, 'stackName' | 'partition' | 'accountId' | 'region'> {
  const { stackName, partition, accountId, region } = STACK_ARN.exec(stackArn)?.groups ?? {};
  if (stackName === undefined || partition === undefined || accountId === undefined || region === undefined) {
    throw new UsageError('CloudFormation found no stack: --stack takes the name of one');
  }
  return { stackName, partition, accountId, region };
}

/** What the operator can fix in their own configuration. The SDK marks a missing region only by its text. */
function toUsageError(error: unknown): UsageError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'Region is missing') {
    return new UsageError(`set AWS_REGION to the stack's region`);
  }
  if (error.name === 'CredentialsProviderError') {
    return new UsageError('no AWS credentials: set AWS_PROFILE, or log in as for the AWS CLI', { cause: error });
  }
  if (error.name === 'ValidationError') {
    return new UsageError(`${error.message}: check AWS_REGION and the account`, { cause: error });
  }
  return undefined;
}
