import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import type { AwsClientConfig } from './aws-client-config.ts';

/** The clients that a container makes once. SWF has one per domain, and STS belongs to the sessions. */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
}

export function createAwsClients(config: AwsClientConfig): AwsClients {
  return { dynamodb: new DynamoDBClient(config), kms: new KMSClient(config) };
}
