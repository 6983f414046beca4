import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
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

/** Finds a stack by its name, with the operator's own AWS configuration. */
export async function findDeployed(stackName: string): Promise<Target> {
  try {
    return await findTarget({}, stackName);
  } catch (error) {
    throw toUsageError(error) ?? error;
  }
}

/** A stack that runs on this machine. */
export async function findLocal(access: LocalAccess): Promise<Target> {
  const { awsUrl: endpoint, region, operator: credentials, caFile } = access;
  return { ...(await findTarget({ endpoint, region, credentials: { ...credentials } }, undefined)), caFile };
}

async function findTarget(config: ClientConfig, stackName: string | undefined): Promise<Target> {
  const client = new CloudFormationClient(config);
  const { Stacks: stacks = [] } = await client.send(
    new DescribeStacksCommand(stackName === undefined ? {} : { StackName: stackName }),
  );
  const outputs = new Map(stacks[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const read = (name: string): string => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new UsageError(`the stack ${stackName ?? ''} has no output ${name}, so it is not a heartbeat relay`);
  };
  return {
    ...parseStackArn(stacks[0]?.StackId),
    relayUrl: read('RelayUrl'),
    workerKeysTable: read('WorkerKeysTable'),
    macKeyArn: read('WorkerKeysMacKey'),
    earlierMacKeyArn: outputs.get('WorkerKeysEarlierMacKey'),
    keyUseTable: outputs.get('KeyUseTable'),
    keyEventsTable: outputs.get('KeyEventsTable'),
    domains: outputs.get('Domains'),
    dynamodb: new DynamoDBClient(config),
    kms: new KMSClient(config),
    findCaller: async () => findCaller(config),
    createSwf: (over) => new SWFClient({ ...config, ...over }),
  };
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
