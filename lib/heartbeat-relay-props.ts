import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

import type { FairShareSettings, Operation } from '../lambda/environment/environment.ts';
import type { RoleSettings } from './role-naming.ts';

/** What a relay is made of. Only the domains are required. */
export interface HeartbeatRelayProps {
  /** The SWF domains, by name, whose workers may send heartbeats. `{}` is an ordinary domain of the stack's region. */
  readonly domains: Readonly<Record<string, DomainProps>>;
  /**
   * Tells several relays in one stack apart: 1 to 16 letters and digits. It becomes part of names and begins the ids of outputs.
   *
   * @default none; the relay is named after its stack
   */
  readonly name?: string | undefined;
  /** @default the stack makes tables and a KMS key of its own */
  readonly workerKeys?: OwnWorkerKeysProps | AdoptedWorkerKeysProps | undefined;
  /** @default the host name that API Gateway assigns */
  readonly customDomain?: CustomDomainNameProps | undefined;
  /** The alarms notify it. @default they notify nobody */
  readonly alarmTopic?: ITopic | undefined;
  readonly alarmThresholds?: AlarmThresholdProps | undefined;
  /** Containers that Lambda reserves for the function. @default the account's quota is shared */
  readonly reservedConcurrency?: number | undefined;
  /** What the gateway lets through. @default 1,000 requests a second and bursts of 2,000 */
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number } | undefined;
  /** @default 30 */
  readonly logRetentionDays?: number | undefined;
  /** Begins the names of the log groups, such as `/aws/vendedlogs/`. @default CloudFormation names them */
  readonly logGroupPrefix?: string | undefined;
  /** Keeps the logs when the stack is deleted. @default false */
  readonly retainLogs?: boolean | undefined;
  /**
   * Encrypts the tables and the logs. Its key policy must let CloudWatch Logs use it, which the construct arranges for a key that
   * the app creates.
   *
   * @default keys of AWS's own
   */
  readonly encryptionKey?: IKey | undefined;
  /** Notifies the topic also when an alarm ends. @default false */
  readonly okActions?: boolean | undefined;
  /** The page that alarms and dashboard link to. The name of an alarm, in small letters, is added as `#name`. */
  readonly runbookUrl?: string | undefined;
  /** Checks every 2 minutes that the relay answers and can read keys. An alarm reports silence. @default false */
  readonly canary?: boolean | undefined;
  /** Where the roles are, and how their names begin. */
  readonly roles?: RoleSettings | undefined;
}

/** One SWF domain. */
export interface DomainProps extends FairShareSettings {
  /** @default the region of the stack */
  readonly region?: string | undefined;
  /** A role of another account that records the heartbeats, for a domain of that account. */
  readonly roleArn?: string | undefined;
  /** What the trust policy of that role requires. */
  readonly externalId?: string | undefined;
  /** What workers may do with a task. `heartbeat` must be among it. @default heartbeats alone */
  readonly operations?: readonly Operation[] | undefined;
}

/** How the stack's own KMS keys derive the secrets of worker keys. */
export interface OwnWorkerKeysProps {
  /** Which KMS keys there are: 1, 2 for the first two, or a list. @default 1 */
  readonly macKeyGenerations?: number | readonly number[] | undefined;
  /**
   * The only roles, besides the function's, that may derive secrets and so issue keys. An ARN may contain `*` and `?`.
   *
   * @default IAM policies decide
   */
  readonly issuers?: readonly (IRole | string)[] | undefined;
  /** Gives the tables of keys a stream, so that DynamoDB can replicate them to another region. @default false */
  readonly stream?: boolean | undefined;
}

/** A table, whether the stack created or adopted it. */
export type NamedTable = Pick<ITable, 'tableName' | 'tableArn'>;

/** Keys of another stack, or replicas of them in this region. */
export interface AdoptedWorkerKeysProps {
  readonly table: NamedTable;
  /** The multi-Region HMAC key that derives the secrets. */
  readonly key: Pick<IKey, 'keyArn'>;
  /** `null` if the keys were issued before there was such a table. */
  readonly eventsTable: NamedTable | null;
}

export interface CustomDomainNameProps {
  readonly name: string;
  /** A certificate of the stack's region. */
  readonly certificate: ICertificate;
  /** The zone that gets the records of the name. @default you make them */
  readonly hostedZone?: IHostedZone | undefined;
  /** Clients must have a certificate that this file's authorities signed. @default they need none */
  readonly truststore?: TruststoreProps | undefined;
}

/** A PEM file in S3 with the certificates of authorities. */
export interface TruststoreProps {
  readonly bucket: IBucket;
  readonly key: string;
  /** Without a version, API Gateway does not notice a new file. */
  readonly version?: string | undefined;
}

/** Per second, as the mean of 5 minutes. */
export interface AlarmThresholdProps {
  /** @default 320 */
  readonly requestsPerSecond?: number | undefined;
  /** @default 50 */
  readonly clientErrorsPerSecond?: number | undefined;
}

/** The tables of a relay. The first two may be adopted. */
export interface RelayTables {
  readonly workerKeys: NamedTable;
  readonly keyEvents: NamedTable;
  readonly taskStates: NamedTable;
  readonly keyUse: NamedTable;
  readonly rateLimits: NamedTable;
}
