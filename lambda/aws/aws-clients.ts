import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import type { AwsClientConfig } from './aws-client-config.ts';

/**
 * The clients that a container creates once. SWF has one client per domain, and `createSessions` owns the STS client.
 */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
}

export function createAwsClients(config: AwsClientConfig): AwsClients {
  return { dynamodb: new DynamoDBClient(config), kms: new KMSClient(config) };
}

/** For writes that must not be repeated when an answer is lost. */
export function createOnceOnlyDynamoDb(config: AwsClientConfig): DynamoDBClient {
  return new DynamoDBClient({ ...config, maxAttempts: 1 });
}
