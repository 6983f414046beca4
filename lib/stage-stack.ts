import { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import type { AdoptingStage } from './adopting-stages.ts';
import { HeartbeatRelay } from './heartbeat-relay.ts';
import type { HeartbeatRelayProps } from './heartbeat-relay-props.ts';
import { WITHOUT_ID } from './relay-stack.ts';
import { RoleNaming } from './role-naming.ts';
import type { StageSettings } from './settings.ts';
import { stackNameOf } from './stack-name.ts';

/** The relay of one stage of `cdk.json`, in one region of one account. */
export class StageStack extends Stack {
  readonly relay: HeartbeatRelay;

  /** @param adoptingStages the stages whose functions may derive secrets with this stack's KMS key, too. */
  constructor(scope: Construct, settings: StageSettings, adoptingStages: readonly AdoptingStage[]) {
    super(scope, stackNameOf(settings.stage), {
      description: 'Lets activity workers without IAM credentials report heartbeats to Amazon SWF',
      env: { region: settings.region },
    });
    this.relay = new HeartbeatRelay(this, WITHOUT_ID, toProps(this, settings, adoptingStages));
  }
}

/** Finds the CDK object for each ARN and name in the settings. */
function toProps(stack: Stack, settings: StageSettings, adoptingStages: readonly AdoptingStage[]): HeartbeatRelayProps {
  const { customDomain, alarmTopicArn, encryptionKeyArn, workerKeys, ...plain } = settings;
  const named = new Construct(stack, 'Named');
  return {
    ...plain,
    workerKeys: toWorkerKeys(stack, named, workerKeys, adoptingStages),
    customDomain: toCustomDomain(named, customDomain),
    encryptionKey: encryptionKeyArn === undefined ? undefined : Key.fromKeyArn(named, 'Encryption', encryptionKeyArn),
    alarmTopic: alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(named, 'AlarmTopic', alarmTopicArn),
  };
}

function toCustomDomain(
  named: Construct,
  settings: StageSettings['customDomain'],
): HeartbeatRelayProps['customDomain'] {
  if (settings === undefined) return undefined;
  const { name, certificateArn, hostedZone: zone, truststore } = settings;
  return {
    name,
    certificate: Certificate.fromCertificateArn(named, 'Certificate', certificateArn),
    hostedZone:
      zone && HostedZone.fromHostedZoneAttributes(named, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name }),
    truststore: truststore && { ...truststore, bucket: Bucket.fromBucketName(named, 'Truststore', truststore.bucket) },
  };
}

function toWorkerKeys(
  stack: Stack,
  named: Construct,
  settings: StageSettings['workerKeys'],
  adoptingStages: readonly AdoptingStage[],
): HeartbeatRelayProps['workerKeys'] {
  if (settings === undefined) return undefined;
  if ('tableName' in settings) {
    const { tableName, kmsKeyArn, eventsTableName } = settings;
    return {
      table: Table.fromTableName(named, 'WorkerKeys', tableName),
      key: Key.fromKeyArn(named, 'MacKey', kmsKeyArn),
      eventsTable: eventsTableName === null ? null : Table.fromTableName(named, 'KeyEvents', eventsTableName),
    };
  }
  const { macKeyGenerations, issuerArns, stream } = settings;
  const roleOf = ({ stage, roles }: AdoptingStage): string =>
    new RoleNaming(stack, stackNameOf(stage), roles).functionRoleArn;
  return { macKeyGenerations, stream, issuers: issuerArns && [...adoptingStages.map(roleOf), ...issuerArns] };
}
