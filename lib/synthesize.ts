import { Annotations, App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { findAdoptingStages } from './adopting-stages.ts';
import { StageStack } from './stage-stack.ts';
import { RoleNaming } from './role-naming.ts';
import { findRemovedDomains } from './removed-domains.ts';
import { parseSettings, SettingsError, type StageSettings } from './settings.ts';
import { toTrustPolicies } from './trust-policy.ts';

/** Synthesizes the stage that CDK's context names. Invalid settings end the process with exit code 1. */
export function synthesize(): void {
  const app = new App();
  try {
    const context = contextOf(app);
    const settings = parseSettings(context);
    const stack = new StageStack(app, settings, findAdoptingStages(context.stages, settings));
    warnAboutRemovedDomains(app, stack, settings);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();
    // Written to standard error, so that standard output contains only the template.
    process.stderr.write(toTrustPolicies(settings, toFunctionRole(stack, settings)));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The function's role with its path, as it is in an ARN. */
function toFunctionRole(stack: StageStack, { roles }: StageSettings): string {
  const { path, functionRole } = new RoleNaming(stack, stack.stackName, roles ?? {});
  return `${path.slice(1)}${functionRole}`;
}

function contextOf({ node }: App) {
  const read = (key: string): unknown => node.tryGetContext(key);
  return { stage: read('stage'), stages: read('stages'), domains: read('domains') };
}

function warnAboutRemovedDomains({ outdir }: App, stack: StageStack, { domains }: StageSettings): void {
  for (const name of findRemovedDomains(outdir, stack.stackName, Object.keys(domains))) {
    const message = `the domain ${name} was removed: the relay will refuse its workers with 403 DomainNotGranted`;
    Annotations.of(stack).addWarningV2(`heartbeat-relay:domain-removed:${name}`, message);
  }
}
