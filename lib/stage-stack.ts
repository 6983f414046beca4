import { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { functionRoleName } from '../lambda/environment.ts';
import { roleArnOf } from './domain-access.ts';
import { HeartbeatRelay } from './heartbeat-relay.ts';
import type { HeartbeatRelayProps } from './heartbeat-relay-props.ts';
import { WITHOUT_ID } from './relay-stack.ts';
import type { StageSettings } from './settings.ts';
import { stackNameOf } from './stack-name.ts';

/** The relay of one stage of `cdk.json`, in one region of one account. */
export class StageStack extends Stack {
  readonly relay: HeartbeatRelay;

  /** @param adoptingStages the stages whose functions may derive secrets with this stack's KMS key, too. */
  constructor(scope: Construct, settings: StageSettings, adoptingStages: readonly string[]) {
    super(scope, stackNameOf(settings.stage), {
      description: 'Lets activity workers without IAM credentials report heartbeats to Amazon SWF',
      env: { region: settings.region },
    });
    this.relay = new HeartbeatRelay(this, WITHOUT_ID, toProps(this, settings, adoptingStages));
  }
}

/** Finds the CDK object for each ARN and name in the settings. */
function toProps(stack: Stack, settings: StageSettings, adoptingStages: readonly string[]): HeartbeatRelayProps {
  const { customDomain, alarmTopicArn, workerKeys, ...plain } = settings;
  const named = new Construct(stack, 'Named');
  return {
    ...plain,
    workerKeys: toWorkerKeys(stack, named, workerKeys, adoptingStages),
    customDomain: customDomain && {
      name: customDomain.name,
      certificate: Certificate.fromCertificateArn(named, 'Certificate', customDomain.certificateArn),
    },
    alarmTopic: alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(named, 'AlarmTopic', alarmTopicArn),
  };
}

function toWorkerKeys(
  stack: Stack,
  named: Construct,
  settings: StageSettings['workerKeys'],
  adoptingStages: readonly string[],
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
  const { macKeyGenerations, issuerArns } = settings;
  const roleOf = (stage: string): string => roleArnOf(stack, functionRoleName(stackNameOf(stage), stack.region));
  return { macKeyGenerations, issuers: issuerArns && [...adoptingStages.map(roleOf), ...issuerArns] };
}
