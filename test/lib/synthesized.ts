import { z } from 'zod';

import { loadAssembly } from '../../local/assembly.ts';

const RESOURCE = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
const TEMPLATE = z.looseObject({
  Resources: z.record(z.string(), RESOURCE),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

export type ResourceJson = z.infer<typeof RESOURCE>;

/** A synthesized template, with its resources at hand by type and by what their logical id begins with. */
export class Synthesized {
  readonly resources: Readonly<Record<string, ResourceJson>>;
  readonly outputs: Readonly<Record<string, unknown>>;

  constructor(template: unknown) {
    const { Resources, Outputs } = TEMPLATE.parse(template);
    this.resources = Resources;
    this.outputs = Outputs;
  }

  ofType(type: string): ResourceJson[] {
    return Object.values(this.resources).filter(({ Type }) => Type === type);
  }

  /** The logical id of the only resource of a type whose id begins so. */
  idOf(type: string, beginsWith: string): string {
    const ids = Object.entries(this.resources).filter(([id, { Type }]) => Type === type && id.startsWith(beginsWith));
    const [only, ...others] = ids;
    if (only === undefined || others.length > 0) throw new Error(`${ids.length} of ${type} ${beginsWith}`);
    return only[0];
  }

  get(type: string, beginsWith = ''): ResourceJson {
    const resource = this.resources[this.idOf(type, beginsWith)];
    if (resource === undefined) throw new Error(`no ${type} ${beginsWith}`);
    return resource;
  }
}

/** The stage `dev` of cdk.json, synthesized before the tests. */
export async function theStack(): Promise<Synthesized> {
  return new Synthesized((await loadAssembly()).template);
}

const account = { Ref: 'AWS::AccountId' };

/** As CDK writes an ARN whose account is known at deployment alone. */
export const arn = (before: string, after: string): object => ({ 'Fn::Join': ['', [before, account, after]] });
export const root = arn('arn:aws:iam::', ':root');
export const roleArn = (name: string): object => arn('arn:aws:iam::', `:role/${name}`);
export const getArn = (logicalId: string): object => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
