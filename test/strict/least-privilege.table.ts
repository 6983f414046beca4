import { EVERYWHERE, type Failure, type Step } from './least-privilege.story.ts';

/** Parts of a policy that something breaks without: for each, the first step to fail, with the code of its answer. */
interface NeededParts {
  readonly policy: string;
  readonly parts: Readonly<Record<string, Failure>>;
}

/** Parts of a policy that nothing breaks without on this machine, and why they are there. */
export interface NeedlessParts {
  readonly policy: string;
  readonly parts: readonly string[];
  readonly reason: string;
}

/** A limit of a policy, and whom it keeps out who would be let in without it. */
interface Limit {
  readonly policy: string;
  readonly condition: string;
  readonly keepsOut: string;
}

const fails = (step: Step, code: string, where = EVERYWHERE): Failure => ({ step, code, where });

/** An operator's alarm, and never the worker's fault. */
const noBeat = (where?: string): Failure => fails('beat', 'RelayMisconfigured', where);

/** Lambda can't start a container with the role. */
const noStart = (): Failure => fails('start', 'AccessDeniedException');

/** The gateway's own answer: the function is never asked. */
const noInvocation = (): Failure => fails('beat', '500 Internal Server Error');

/** The names are those of the synthesized template, without the hashes and the account. */
export const NEEDED: readonly NeededParts[] = [
  {
    policy: 'trust of DomainordersRole',
    parts: {
      '#0': noBeat('orders'),
      '#0 action sts:AssumeRole': noBeat('orders'),
    },
  },
  {
    policy: 'DomainordersRole/Heartbeat',
    parts: {
      '#0': noBeat('orders'),
      '#0 action swf:RecordActivityTaskHeartbeat': noBeat('orders'),
      '#0 resource arn:aws:swf:eu-west-1:<account>:/domain/orders': noBeat('orders'),
    },
  },
  {
    policy: 'trust of DomainbillingRole',
    parts: {
      '#0': noBeat('billing'),
      '#0 action sts:AssumeRole': noBeat('billing'),
    },
  },
  {
    policy: 'DomainbillingRole/Heartbeat',
    parts: {
      '#0': noBeat('billing'),
      '#0 action swf:RecordActivityTaskHeartbeat': noBeat('billing'),
      '#0 resource arn:aws:swf:eu-west-1:<account>:/domain/billing': noBeat('billing'),
    },
  },
  {
    policy: 'trust of RelayRole',
    parts: {
      '#0': noStart(),
      '#0 action sts:AssumeRole': noStart(),
    },
  },
  {
    policy: 'RelayRole/Relay',
    parts: {
      '#0': noBeat(),
      '#0 action sts:AssumeRole': noBeat(),
      '#0 resource arn:aws:iam::<account>:role/DomainbillingRole': noBeat('billing'),
      '#0 resource arn:aws:iam::<account>:role/DomainordersRole': noBeat('orders'),
      '#1': noBeat(),
      '#1 action dynamodb:GetItem': noBeat(),
      '#1 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': noBeat(),
      '#2': noBeat(),
      '#2 action kms:GenerateMac': noBeat(),
      '#2 resource arn:aws:kms:eu-west-1:<account>:key/WorkerKeysMacKey': noBeat(),
      '#3': fails('read', 'CacheUnavailable'),
      '#3 action dynamodb:GetItem': fails('read', 'CacheUnavailable'),
      '#3 action dynamodb:UpdateItem': fails('read', 'TaskUnknown'),
      '#3 resource arn:aws:dynamodb:eu-west-1:<account>:table/TaskStatesTable': fails('read', 'CacheUnavailable'),
    },
  },
  {
    policy: 'OperatorPolicy',
    parts: {
      '#0': fails('issue', 'AccessDeniedException'),
      '#0 action cloudformation:DescribeStacks': fails('issue', 'AccessDeniedException'),
      '#0 resource arn:aws:cloudformation:eu-west-1:<account>:stack/HeartbeatRelay-dev/*': fails(
        'issue',
        'AccessDeniedException',
      ),
      '#1': fails('issue', 'RelayMisconfigured'),
      '#1 action kms:GenerateMac': fails('issue', 'RelayMisconfigured'),
      '#1 resource arn:aws:kms:eu-west-1:<account>:key/WorkerKeysMacKey': fails('issue', 'RelayMisconfigured'),
      '#2': fails('issue', 'AccessDeniedException'),
      '#2 action dynamodb:PutItem': fails('issue', 'AccessDeniedException'),
      '#2 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': fails('issue', 'AccessDeniedException'),
    },
  },
  {
    policy: 'WorkerKeysMacKey',
    parts: {
      Derive: fails('issue', 'RelayMisconfigured'),
      'Derive action kms:GenerateMac': fails('issue', 'RelayMisconfigured'),
      'Derive resource *': fails('issue', 'RelayMisconfigured'),
    },
  },
  {
    policy: 'function/permissions',
    parts: {
      HttpApiDefaultRouteRelayPermission: noInvocation(),
      'HttpApiDefaultRouteRelayPermission action lambda:InvokeFunction': noInvocation(),
      'HttpApiDefaultRouteRelayPermission resource arn:aws:lambda:eu-west-1:<account>:function:RelayFunction':
        noInvocation(),
    },
  },
];

export const NEEDLESS: readonly NeedlessParts[] = [
  {
    policy: 'RelayRole/Relay',
    reason: 'CloudWatch Logs: Lambda writes the function’s lines with these rights, this machine prints them itself',
    parts: [
      '#5',
      '#5 action logs:CreateLogStream',
      '#5 action logs:PutLogEvents',
      '#5 resource arn:aws:logs:eu-west-1:<account>:log-group:RelayLogs:*',
    ],
  },
  {
    policy: 'RelayRole/Relay',
    reason: 'adapter to come: the last day a key was seen is not written yet',
    parts: [
      '#4',
      '#4 action dynamodb:UpdateItem',
      '#4 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyUseTable',
    ],
  },
  {
    policy: 'OperatorPolicy',
    reason: 'commands to come: keys are not listed, shown, rotated or revoked by a command yet',
    parts: [
      '#2 action dynamodb:GetItem',
      '#2 action dynamodb:Scan',
      '#2 action dynamodb:UpdateItem',
      '#3',
      '#3 action dynamodb:BatchGetItem',
      '#3 action dynamodb:GetItem',
      '#3 action dynamodb:Scan',
      '#3 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyUseTable',
    ],
  },
  {
    policy: 'WorkerKeysMacKey',
    reason: 'the key’s administrator: without these no deployment could read, change or remove the key',
    parts: [
      'Administer',
      'Administer action kms:DescribeKey',
      'Administer action kms:DisableKey',
      'Administer action kms:EnableKey',
      'Administer action kms:GetKeyPolicy',
      'Administer action kms:GetKeyRotationStatus',
      'Administer action kms:ListResourceTags',
      'Administer action kms:PutKeyPolicy',
      'Administer action kms:ScheduleKeyDeletion',
      'Administer action kms:TagResource',
      'Administer action kms:UntagResource',
      'Administer action kms:UpdateKeyDescription',
      'Administer resource *',
    ],
  },
  {
    policy: 'WorkerKeysMacKey',
    reason: 'the key’s administrator: to call a deletion off within its 30 days, which would lock every worker out',
    parts: ['Administer action kms:CancelKeyDeletion'],
  },
  {
    policy: 'WorkerKeysMacKey',
    reason: 'the key’s administrator: to take a multi-Region key to the region that the relay moves to',
    parts: ['Administer action kms:ReplicateKey'],
  },
];

export const LIMITS: readonly Limit[] = [
  {
    policy: 'trust of DomainordersRole',
    condition: '#0 condition ArnEquals aws:PrincipalArn',
    keepsOut: 'a user of the account who may assume any role',
  },
  {
    policy: 'trust of DomainbillingRole',
    condition: '#0 condition ArnEquals aws:PrincipalArn',
    keepsOut: 'a user of the account who may assume any role',
  },
  {
    policy: 'function/permissions',
    condition: 'HttpApiDefaultRouteRelayPermission condition ArnLike aws:SourceArn',
    keepsOut: 'another HTTP API of the account',
  },
];
