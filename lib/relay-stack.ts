import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { HeartbeatRelay } from './heartbeat-relay.ts';
import type { HeartbeatRelayProps } from './heartbeat-relay-props.ts';

export interface HeartbeatRelayStackProps extends StackProps, HeartbeatRelayProps {}

/** A stack that contains one relay and nothing else. `env` must name the region. */
export class HeartbeatRelayStack extends Stack {
  readonly relay: HeartbeatRelay;

  constructor(scope: Construct, id: string, props: HeartbeatRelayStackProps) {
    super(scope, id, props);
    this.relay = new HeartbeatRelay(this, WITHOUT_ID, props);
  }
}

/** CDK leaves this id out of logical ids, so every resource has the id that it had before there was a construct. */
export const WITHOUT_ID = 'Default';
