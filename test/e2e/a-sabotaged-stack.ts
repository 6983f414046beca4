import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createForward } from '../../lambda/aws/swf.ts';
import { createApp, type Dependencies } from '../../lambda/app.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import { domainRoleName } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import type { Access } from '../../local/aws/access.ts';
import { partsOf, withoutPart } from '../../local/aws/iam/parts.ts';
import { parsePolicy } from '../../local/aws/iam/parse-policy.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import type { Realm } from '../../local/aws/realm.ts';
import { Faults, parseFaultRule } from '../../local/faults.ts';
import { startGateway } from '../../local/gateway/server.ts';
import type { ServerCertificate } from '../../local/gateway/tls/certificate.ts';
import type { RunningServer } from '../../local/listen.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { issueFunctionSession } from '../../local/relay-function.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';

interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

/** How a function is not what the stack describes. */
export interface Sabotage {
  /** Policies and faults in force for it. */
  readonly realm?: Realm;
  /** Variables that differ from the template's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: () => number;
  readonly over?: (dependencies: Dependencies) => Partial<Dependencies>;
}

/** The template's gateway, with a function behind it that was tampered with, in this process. */
export async function startSabotaged(stack: LocalStack, sabotage: Sabotage): Promise<RunningServer> {
  return openGateway(stack, startContainer(stack, sabotage));
}

/** What a container knows of its stack. */
export type ContainerStack = Pick<
  LocalStack,
  'functionEnvironment' | 'functionSession' | 'region' | 'awsUrl' | 'template' | 'credentials'
>;

/** One container of such a function. Its first event is a cold one. */
export function startContainer(stack: ContainerStack, sabotage: Sabotage): (event: HttpEvent) => Promise<HttpResult> {
  const { realm, environment: variables = {}, clock = Date.now, over = () => ({}) } = sabotage;
  const { functionEnvironment, functionSession, region, awsUrl: endpoint } = stack;
  const environment = parseEnvironment({ ...functionEnvironment, ...variables, AWS_REGION: region });
  const session =
    realm === undefined ? functionSession : issueFunctionSession(stack.template, realm, stack.credentials);
  const aws = { ...toAwsClientConfig(region, createRequestHandler()), endpoint, credentials: { ...session } };
  const dependencies = { ...createDependencies(environment, aws, clock), report: () => undefined };
  const app: Invocable = { invoke: createApp({ ...dependencies, ...over(dependencies) }) };
  return async (event) => app.invoke(event, {});
}

/** The template's gateway before anything that answers its events. */
export async function openGateway(
  { template, realm }: LocalStack,
  answer: (event: HttpEvent) => Promise<HttpResult>,
  certificate?: ServerCertificate,
): Promise<RunningServer> {
  const { settings } = toGatewaySettings(template, realm);
  const invoke = async (event: HttpEvent) => ({ kind: 'answered', result: await answer(event) }) as const;
  return startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0, certificate);
}

/** The template's bundle and gateway, with a change in the policies in force for the function. */
export async function startRealm(stack: LocalStack, access: Access): Promise<string> {
  return (await stack.openRelay(toRealm(access))).relayUrl;
}

/** Policies, and faults in the grammar of `npm run faults`. */
export function toRealm(access: Access, ...rules: readonly string[]): Realm {
  const faults = new Faults(Date.now, Math.random);
  faults.set(rules.map(parseFaultRule));
  return { access, faults };
}

/** The policies with an action taken from the first statement of one of them that has it. */
export function withoutAction({ access }: LocalStack['realm'], policyName: RegExp, action: string): Access {
  const policy = findPolicy(access, policyName);
  const part = partsOf(policy).find((candidate) => candidate.kind === 'action' && candidate.action === action);
  if (part === undefined) throw new Error(`${policy.name} does not have ${action}`);
  return access.with(withoutPart(policy, part));
}

/** The role that records heartbeats in a domain, as if it had been made for another region. */
export function withRoleElsewhere(stack: LocalStack, domain: string, region: string): Access {
  const { access } = stack.realm;
  const { name } = findPolicy(access, roleOf(stack, domain));
  const Resource = `arn:aws:swf:${region}:${stack.accountId}:/domain/${domain}`;
  const Statement = [{ Effect: 'Allow', Action: 'swf:RecordActivityTaskHeartbeat', Resource }];
  return access.with(parsePolicy('identity', name, { Version: '2012-10-17', Statement }));
}

/** The role's own policy, by name. */
export function roleOf({ template, region }: LocalStack, domain: string): RegExp {
  return new RegExp(`^${domainRoleName(template.place.stackName, region, domain)}/`);
}

/** An SWF that takes a token of any domain: the operator's own credentials, which may do everything, stand in for it. */
export function forwardAnywhere({ region, awsUrl: endpoint, operator }: LocalStack): Dependencies['forward'] {
  const aws = { region, endpoint, requestHandler: createRequestHandler() };
  return createForward({ sessionOf: () => async () => ({ ...operator, sessionToken: '' }), aws, clock: Date.now });
}

function findPolicy({ policies }: Access, policyName: RegExp): Policy {
  const policy = [...policies.values()].find(({ name }) => policyName.test(name));
  if (policy === undefined) throw new Error(`no policy is called ${policyName.source}`);
  return policy;
}
