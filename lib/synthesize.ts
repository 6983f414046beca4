import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { HeartbeatRelayStack } from './heartbeat-relay-stack.ts';
import { parseSettings, SettingsError } from './settings.ts';

/** Synthesizes the stage that CDK's context names. Settings that can't be deployed end the process with exit code 1. */
export function synthesize(): void {
  const app = new App();
  try {
    new HeartbeatRelayStack(app, parseSettings(contextOf(app)));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

function contextOf({ node }: App) {
  const read = (key: string): unknown => node.tryGetContext(key);
  return { stage: read('stage'), stages: read('stages'), domains: read('domains') };
}
