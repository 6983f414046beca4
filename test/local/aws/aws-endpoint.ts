import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { Access, type Denial } from '../../../local/aws/access.ts';
import type { AwsApi, Caller } from '../../../local/aws/api.ts';
import { type Credential, Credentials } from '../../../local/aws/credentials.ts';
import { createCloudFormation } from '../../../local/aws/cloudformation.ts';
import { type RunningDynamoDb, startDynamoDb } from '../../../local/aws/dynamodb.ts';
import { type ObservedCall, startAwsEndpoint } from '../../../local/aws/endpoint.ts';
import type { Principal } from '../../../local/aws/iam/principals.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { createSts } from '../../../local/aws/sts.ts';
import { Faults, parseFaultRule } from '../../../local/faults.ts';
import type { RunningServer } from '../../../local/listen.ts';
import { resourcesOf } from '../../../local/template/resources.ts';
import { loadTemplate, type Template } from '../../../local/template/template.ts';
import { aTemplate, FUNCTION_ROLE, ORDERS_ROLE, place } from '../template/template-source.ts';

/** 2026-11-22T08:00:00Z. */
export const NOW = Date.UTC(2026, 10, 22, 8);

const { accountId } = place;

/** The callers: an operator who may do everything, and sessions of the template's roles. */
const PRINCIPALS = {
  operator: { kind: 'user', arn: `arn:aws:iam::${accountId}:user/operator`, accountId },
  function: session('relay-function', FUNCTION_ROLE),
  orders: session('relay-orders', ORDERS_ROLE),
} as const satisfies Record<string, Principal>;

export type CallerName = keyof typeof PRINCIPALS;

function session(roleName: string, roleArn: string) {
  return { kind: 'session', arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/s`, roleArn, accountId } as const;
}

/** The policies of a template, and the requests that they denied. */
export interface InForce {
  readonly template: Template;
  readonly access: Access;
  readonly credentials: Credentials;
  /** Sets fault rules, in the form `swf=error`. */
  readonly setFaults: (...rules: string[]) => void;
  readonly denials: Denial[];
  readonly caller: (name: CallerName) => Caller;
}

export function inForce(clock: () => number = Date.now): InForce {
  const template = loadTemplate(aTemplate(), place);
  const denials: Denial[] = [];
  const access = Access.of(template.resources, (denial) => denials.push(denial));
  const faults = new Faults(clock, () => 0);
  const realm = { access, faults };
  const caller = (name: CallerName): Caller => ({ principal: PRINCIPALS[name], accountId, realm });
  const setFaults = (...rules: string[]): void => faults.set(rules.map(parseFaultRule));
  return { template, access, credentials: new Credentials(), setFaults, denials, caller };
}

export const tableArnPrefix = `arn:aws:dynamodb:${place.region}:${accountId}:table/`;

interface StackDescription {
  readonly stackName: string;
  readonly stackArn: string;
  readonly outputs: () => Readonly<Record<string, string>>;
}

/** The APIs, with one set of policies. */
export const apis = {
  sts: ({ credentials }: InForce, clock: () => number): AwsApi => createSts({ credentials, clock }),
  kms: (_realm: InForce, options: { readonly rootFile: string; readonly keyArns: readonly string[] }): AwsApi =>
    createKms(options),
  cloudformation: (_realm: InForce, options: StackDescription): AwsApi => createCloudFormation(options),
  dynamodb: async ({ template }: InForce, folder: string): Promise<RunningDynamoDb> =>
    startDynamoDb({ folder, tables: resourcesOf(template.resources, 'AWS::DynamoDB::Table'), tableArnPrefix }),
} as const;

export interface TestEndpoint extends RunningServer {
  readonly calls: ObservedCall[];
}

/** Starts an endpoint with these APIs on a free port. Closes it when the test ends. */
export async function anEndpoint(
  { credentials }: InForce,
  spoken: readonly AwsApi[],
  clock: () => number = Date.now,
): Promise<TestEndpoint> {
  const calls: ObservedCall[] = [];
  const running = await startAwsEndpoint({ apis: spoken, credentials, clock, onCall: (call) => calls.push(call) }, 0);
  onTestFinished(() => running.close());
  return { ...running, calls };
}

/** Creates a folder and removes it after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-aws-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The configuration of an AWS client. It makes one attempt, so that a test sees a refusal instead of a retry. */
export function clientOf({ url }: RunningServer, credentials: Credential) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return {
    endpoint: url,
    region: place.region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...token },
  };
}
