import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SWFClient } from '@aws-sdk/client-swf';

import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { findLocal, type Target } from '../../operator/target.ts';
import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createApp, type Dependencies } from '../../lambda/app.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import type { Outcome } from '../../lambda/http/outcome.ts';
import { type Assembly, loadAssembly } from '../../local/assembly.ts';
import type { Denial } from '../../local/aws/access.ts';
import type { ObservedCall } from '../../local/aws/endpoint.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { type FaultableCall, type FaultRule, Faults, parseFaultRule } from '../../local/faults.ts';
import { type LocalStack, startLocalStack } from '../../local/local-stack.ts';
import { issueFunctionSession } from '../../local/relay-function.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { registerDomain } from '../../local/tasks.ts';
import { assertDocumented } from '../openapi/documented.ts';
import { loopNow, startLoopClock } from '../loop-time.ts';
import { startSlowClock } from '../unhurried.ts';

/** What every container is called by. */
export const RELAY_HOST = 'relay.example';

/**
 * What the tests send is no attack: rate limits are tested where a test sets its own. On a busy machine the clocks of two functions
 * differ by many seconds, so a domain's bucket is too large for them to differ about it.
 */
const ROOMY_RATE = { perSecond: 1_000_000, burst: 1e12 };

/** A running stack that many functions under test share: its SWF, its tables, its key. */
export interface SharedStack {
  readonly stack: LocalStack;
  readonly swf: SWFClient;
  readonly target: Target;
  readonly calls: ObservedCall[];
  /** What IAM refused. */
  readonly denials: Denial[];
  readonly close: () => Promise<void>;
}

/** Starts the template's stack in a folder of its own, with both of its domains registered: the one of cdk.json, or another. */
export async function openSharedStack(assembly?: Assembly): Promise<SharedStack> {
  const path = mkdtempSync(join(tmpdir(), 'heartbeat-relay-strict-'));
  const calls: ObservedCall[] = [];
  const denials: Denial[] = [];
  const stack = await startLocalStack({
    assembly: assembly ?? (await loadAssembly()),
    stateFolder: StateFolder.open(path),
    relayPort: 0,
    awsPort: 0,
    maxContainers: 2,
    keepsTables: false,
    observer: { onCall: (call) => calls.push(call), onDenial: (denial) => denials.push(denial) },
    containerEnvironment: startSlowClock(),
  });
  const swf = createSwfClient(stack);
  await Promise.all(['orders', 'billing'].map((domain) => registerDomain(swf, domain)));
  const close = async (): Promise<void> => {
    await stack.close();
    rmSync(path, { recursive: true, force: true });
  };
  return { stack, swf, target: await findLocal(stack), calls, denials, close };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly elapsedMs: number;
}

/** What differs from a plain heartbeat. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** One container of the function, put together as the real one is. Its first request is a cold one. */
export interface Container {
  readonly outcomes: Outcome[];
  readonly send: (sent: Sent) => Promise<Answer>;
  readonly heartbeat: (key: IssuedKey, domain: string, taskToken: string, details?: string) => Promise<Answer>;
  readonly find: (key: IssuedKey, domain: string, taskId: string) => Promise<Answer>;
}

/** A function's view of AWS: faults and a clock of its own, on a stack that others share. */
export interface FunctionUnderTest {
  readonly faults: Faults;
  /** What its containers asked of AWS, whatever came of it. */
  readonly calls: readonly FaultableCall[];
  /** Sets faults in the grammar of `npm run faults`. */
  readonly misbehave: (...rules: readonly string[]) => void;
  /** The function's: epoch milliseconds. */
  readonly clock: () => number;
  /** Moves the function's clock. */
  readonly advance: (ms: number) => void;
  readonly startContainer: (over?: Partial<Dependencies>) => Container;
}

/** Looks up every call of a function once, and counts it. */
class CountedFaults extends Faults {
  readonly calls: FaultableCall[] = [];

  override find(call: FaultableCall): FaultRule | undefined {
    this.calls.push(call);
    return super.find(call);
  }
}

/** Opens a function. It disturbs no other one, except through tasks and keys that both use. */
export function openFunctionUnderTest({ stack }: SharedStack, access = stack.realm.access): FunctionUnderTest {
  let movedMs = 0;
  const runningClock = startLoopClock();
  const clock = (): number => runningClock() + movedMs;
  const faults = new CountedFaults(Date.now, Math.random);
  const session = issueFunctionSession(stack.template, { access, faults }, stack.credentials);
  const { domains, ...environment } = parseEnvironment({ ...stack.functionEnvironment, AWS_REGION: stack.region });
  const roomyDomains = new Map([...domains].map(([name, domain]) => [name, { ...domain, rate: ROOMY_RATE }]));
  const credentials = { ...session };
  return {
    faults,
    clock,
    calls: faults.calls,
    misbehave: (...rules) => faults.set(rules.map(parseFaultRule)),
    advance: (ms) => {
      movedMs += ms;
    },
    startContainer: (over = {}) => {
      const own = { endpoint: stack.awsUrl, credentials };
      const aws = { ...toAwsClientConfig(stack.region, createRequestHandler()), ...own };
      const outcomes: Outcome[] = [];
      const report = (outcome: Outcome): void => void outcomes.push(outcome);
      const roomy = { ...environment, domains: roomyDomains };
      const dependencies = { ...createDependencies(roomy, aws, clock), report, ...over };
      return toContainer(createApp(dependencies), outcomes, clock);
    },
  };
}

/** A worker key for one or more domains, issued by the operator's own code. It may do there whatever the settings allow. */
export async function issueTo({ target }: SharedStack, ...domains: readonly string[]): Promise<IssuedKey> {
  const { perSecond: rate } = ROOMY_RATE;
  return issueKey(target, { label: 'strict', domains, operations: OPERATIONS, expiresAtMs: null, rate }, Date.now());
}

export function bearer({ keyId, secret }: { readonly keyId: string; readonly secret: string }) {
  return { authorization: `Bearer ${keyId}.${secret}` };
}

type App = ReturnType<typeof createApp>;

/** What the app is called with: middy's own context parameter names what its middlewares add. */
interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

function toContainer(app: App, outcomes: Outcome[], clock: () => number): Container {
  const invocable: Invocable = { invoke: app };
  const send = async (sent: Sent): Promise<Answer> => {
    const startedAtMs = loopNow();
    const { statusCode, headers, body } = await invocable.invoke(toEvent(sent, clock()), {});
    const { method = 'POST', path = '/' } = sent;
    assertDocumented({ method, path, status: statusCode, headers, body });
    const parsed: unknown = body === '' ? {} : JSON.parse(body);
    const members = typeof parsed === 'object' ? { ...parsed } : {};
    return { status: statusCode, headers, body: members, text: body, elapsedMs: loopNow() - startedAtMs };
  };
  return {
    outcomes,
    send,
    heartbeat: async (key, domain, taskToken, details = '42 %') =>
      send({
        path: `/domains/${domain}/heartbeats`,
        headers: bearer(key),
        body: JSON.stringify({ taskToken, details }),
      }),
    find: async (key, domain, taskId) =>
      send({ method: 'GET', path: `/domains/${domain}/tasks/${taskId}`, headers: bearer(key), body: '' }),
  };
}

function toEvent(
  { method = 'POST', path = '/', query = '', headers = {}, body = '', isBase64Encoded = false }: Sent,
  nowMs: number,
): HttpEvent {
  return {
    rawPath: path,
    rawQueryString: query,
    headers,
    body,
    isBase64Encoded,
    requestContext: { domainName: RELAY_HOST, timeEpoch: nowMs, requestId: 'strict', http: { method } },
  };
}
