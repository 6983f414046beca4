import { onTestFinished } from 'vitest';

import { type Assembly, readContext } from '../../local/assembly.ts';
import type { FunctionHost } from '../../local/function-host/host.ts';
import { startGateway } from '../../local/gateway/server.ts';
import type { GatewaySettings } from '../../local/gateway/settings.ts';
import { type LocalStack, startLocalStack } from '../../local/local-stack.ts';
import { createFunctionHost, issueFunctionSession } from '../../local/relay-function.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { type FunctionResource, onlyResource } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import { toDevAssembly } from '../lib/bundle-folder.ts';
import { openOutput, synthesize, WITHOUT_BUNDLE } from '../lib/synthesis.ts';
import { UNHURRIED } from '../unhurried.ts';
import { type MovableClock, Recording } from './alarms-recording.ts';

/** For the function and for the gateway, which no test here waits for: a busy machine takes its time. */
const PATIENCE_SECONDS = 60;

/** 80 % of it are reached by the second container. */
const RESERVED_CONCURRENCY = 2;
const QUIET = { relayPort: 0, awsPort: 0, maxContainers: RESERVED_CONCURRENCY };

export interface ReservedStack {
  readonly stack: LocalStack;
  readonly assembly: Assembly;
  /** The function as the template has it, with both of its containers. All gateways share it, one after the other. */
  readonly relayFunction: RecordedFunction;
  readonly close: () => Promise<void>;
}

/** A stage with a concurrency of its own that one machine can use up. */
export async function startReservedStack(): Promise<ReservedStack> {
  const region = 'eu-west-1';
  const dev = {
    region,
    domains: { orders: {} },
    reservedConcurrency: RESERVED_CONCURRENCY,
    // Rates that one machine reaches, although a recording's minutes take less than a second.
    alarmThresholds: { requestsPerSecond: 2, clientErrorsPerSecond: 1 },
  };
  const { exitCode, stderr, readTemplate } = await synthesize(
    { ...readContext(), ...WITHOUT_BUNDLE, stages: { dev } },
    'unvalidated',
  );
  if (exitCode !== 0) throw new Error(stderr);
  const assembly = await toDevAssembly(readTemplate('HeartbeatRelay-dev'));
  const stateFolder = StateFolder.open(openOutput());
  const stack = await startLocalStack({ assembly, stateFolder, keepsTables: false, ...QUIET });
  const relayFunction = new RecordedFunction({ stack, assembly }, patiently(stack.template));
  await relayFunction.host.warm(RESERVED_CONCURRENCY);
  const close = async (): Promise<void> => {
    await relayFunction.host.close();
    await stack.close();
  };
  return { assembly, stack, relayFunction, close };
}

/** A function whose lines and metrics go to one recording at a time. */
class RecordedFunction {
  readonly template: Template;
  readonly host: FunctionHost;
  recording: Recording | undefined;

  constructor({ stack, assembly }: Pick<ReservedStack, 'stack' | 'assembly'>, template: Template) {
    const { realm, credentials, awsUrl } = stack;
    this.template = template;
    this.host = createFunctionHost({
      template,
      assembly,
      session: issueFunctionSession(template, realm, credentials),
      awsUrl,
      maxContainers: RESERVED_CONCURRENCY,
      containerEnvironment: UNHURRIED,
      onLogLine: (line) => this.recording?.onFunctionLine(line),
      onMetric: (name, value) => this.recording?.onFunctionMetric(name, value),
    });
  }
}

/** What differs from the template. */
export interface Over {
  readonly throttle?: GatewaySettings['throttle'];
  readonly functionVariables?: Readonly<Record<string, string>>;
}

/** A gateway and a function of a stack's template, until the test ends, with all that AWS would have counted of them. */
export async function openRelay(reserved: ReservedStack, { throttle, functionVariables }: Over = {}) {
  const { stack } = reserved;
  const relayFunction =
    functionVariables === undefined ? reserved.relayFunction : openOtherFunction(reserved, functionVariables);
  const { template, host } = relayFunction;
  const time = aClock();
  const recording = new Recording(template, time);
  relayFunction.recording = recording;
  const { settings } = toGatewaySettings(template, stack.realm);
  const { onAccessLine: onAccessLog } = recording;
  const deps = { invoke: async (event: object) => host.invoke(event), clock: time.clock, onAccessLog };
  const patient = { ...settings, integrationTimeoutMs: 1_000 * PATIENCE_SECONDS };
  const own = throttle === undefined ? patient : { ...patient, throttle };
  const gateway = await startGateway(own, deps, 0);
  onTestFinished(async () => {
    await gateway.close();
    relayFunction.recording = undefined;
  });
  return { recording, relayUrl: gateway.url };
}

function openOtherFunction(reserved: ReservedStack, Variables: Readonly<Record<string, string>>): RecordedFunction {
  const template = withFunction(patiently(reserved.stack.template), { Environment: { Variables } });
  const other = new RecordedFunction(reserved, template);
  onTestFinished(async () => other.host.close());
  return other;
}

const patiently = (template: Template): Template => withFunction(template, { Timeout: PATIENCE_SECONDS });

function aClock(): MovableClock {
  let movedMs = 0;
  return {
    clock: () => Date.now() + movedMs,
    advance: (ms) => {
      movedMs += ms;
    },
  };
}

/** The template of a stack whose function was deployed with other properties. */
function withFunction(template: Template, properties: Partial<FunctionResource>): Template {
  const relay = onlyResource(template.resources, 'AWS::Lambda::Function');
  const resources = [...template.resources].map(
    ([logicalId, resource]) => [logicalId, resource === relay ? { ...relay, ...properties } : resource] as const,
  );
  return { ...template, resources: new Map(resources) };
}
