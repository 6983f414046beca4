import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import type { Connection } from './connection.ts';
import { UsageError } from './usage.ts';

/** A relay to work on, deployed or local, as its own stack describes it. */
export interface Target {
  readonly relayUrl: string;
  /** The authority that the relay's certificate is by, where clients would not trust it by themselves. */
  readonly caFile?: string | undefined;
  readonly workerKeysTable: string;
  readonly macKeyArn: string;
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
}

/** What an AWS client is made with. On a deployed stack the operator's own environment decides. */
interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A stack by its name, with the operator's own AWS configuration. */
export async function findDeployed(stackName: string): Promise<Target> {
  try {
    return await findTarget({}, stackName);
  } catch (error) {
    const hasNoRegion = error instanceof Error && error.message === 'Region is missing';
    throw hasNoRegion ? new UsageError(`name the stack's region: AWS_REGION=… npm run keys -- …`) : error;
  }
}

/** A stack that runs on this machine. */
export async function findLocal(
  connection: Pick<Connection, 'awsUrl' | 'region' | 'operator' | 'caFile'>,
): Promise<Target> {
  const { awsUrl: endpoint, region, operator: credentials, caFile } = connection;
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
    throw new UsageError(`the stack ${stackName ?? ''} has no output ${name}: is it a heartbeat relay?`);
  };
  return {
    relayUrl: read('RelayUrl'),
    workerKeysTable: read('WorkerKeysTable'),
    macKeyArn: read('WorkerKeysMacKey'),
    dynamodb: new DynamoDBClient(config),
    kms: new KMSClient(config),
  };
}
