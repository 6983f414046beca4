import { App, type AppProps, type Stack } from 'aws-cdk-lib';

import { HeartbeatRelay, type HeartbeatRelayProps } from '../../lib/index.ts';
import { parseSettings } from '../../lib/settings.ts';
import { StageStack } from '../../lib/stage-stack.ts';
import { openOutput, toVariables, WITHOUT_BUNDLE } from '../lib/synthesis.ts';
import { Synthesized } from '../lib/synthesized.ts';

export const ENV = { account: '111122223333', region: 'eu-west-1' };

Object.assign(process.env, toVariables('unvalidated'));

/** As most apps do, but without the function's bundle, which takes longer than all the rest. */
export const createApp = (props: AppProps = {}): App =>
  new App({ outdir: openOutput(), ...props, context: { ...WITHOUT_BUNDLE, ...props.context } });

export const createRelay = (stack: Stack, props: Partial<HeartbeatRelayProps> = {}, id = 'Relay'): HeartbeatRelay =>
  new HeartbeatRelay(stack, id, { domains: { orders: {} }, ...props });

/** The template of a stack, once its app is synthesized. */
export function synthesizeStack(app: App, stack: Stack): Synthesized {
  const template: unknown = app.synth({ validateOnSynthesis: false }).getStackArtifact(stack.artifactId).template;
  return new Synthesized(template);
}

/** The stage `dev` of a cdk.json that says this. */
export function synthesizeStage(settings: object): Synthesized {
  const dev = { region: 'eu-west-1', domains: { orders: {} }, ...settings };
  const app = createApp();
  const parsed = parseSettings({ stage: 'dev', stages: { dev }, domains: undefined });
  return synthesizeStack(app, new StageStack(app, parsed, []));
}
