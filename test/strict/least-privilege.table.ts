import { EVERYWHERE, type Failure, type Step } from './least-privilege.failure.ts';

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
const noHeartbeat = (where?: string): Failure => fails('heartbeat', 'RelayMisconfigured', where);

/** A command that AWS denies something. */
const noCommand = (step: Step): Failure => fails(step, 'AccessDeniedException');

/** No key without its secret. */
const noSecret = (): Failure => fails('issue', 'RelayMisconfigured');

/** Heartbeats go on, and the operator never hears of them. */
const neverSeen = (): Failure => fails('seen', 'never seen');

/** Heartbeats go on, and every container limits their rate for itself. */
const neverShared = (): Failure => fails('rate', 'never leased');

/** Lambda can't start a container with the role. */
const noStart = (): Failure => fails('start', 'AccessDeniedException');

/** The gateway's own answer: the function is never asked. */
const noInvocation = (): Failure => fails('heartbeat', '500 Internal Server Error');

/** The viewer's policy, which the revoker's contains. */
const VIEWING: NeededParts['parts'] = {
  '#0': noCommand('show'),
  '#0 action cloudformation:DescribeStacks': noCommand('show'),
  '#0 resource arn:aws:cloudformation:eu-west-1:<account>:stack/HeartbeatRelay-dev/*': noCommand('show'),
  '#1': noCommand('show'),
  '#1 action dynamodb:GetItem': noCommand('show'),
  '#1 action dynamodb:Scan': noCommand('list'),
  '#1 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': noCommand('show'),
  '#2': noCommand('show'),
  '#2 action dynamodb:BatchGetItem': noCommand('list'),
  '#2 action dynamodb:GetItem': noCommand('show'),
  '#2 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyUseTable': noCommand('show'),
  '#3': noCommand('show'),
  '#3 action dynamodb:BatchGetItem': noCommand('list'),
  '#3 action dynamodb:Query': noCommand('show'),
  '#3 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyEventsTable': noCommand('show'),
};

/** The names are those of the synthesized template, without the hashes and the account. */
export const NEEDED: readonly NeededParts[] = [
  {
    policy: 'trust of DomainordersRole',
    parts: {
      '#0': noHeartbeat('orders'),
      '#0 action sts:AssumeRole': noHeartbeat('orders'),
    },
  },
  {
    policy: 'DomainordersRole/Heartbeat',
    parts: {
      '#0': noHeartbeat('orders'),
      '#0 action swf:RecordActivityTaskHeartbeat': noHeartbeat('orders'),
      '#0 action swf:RespondActivityTaskCanceled': fails('end as canceled', 'RelayMisconfigured', 'orders'),
      '#0 action swf:RespondActivityTaskCompleted': fails('end as completed', 'RelayMisconfigured', 'orders'),
      '#0 action swf:RespondActivityTaskFailed': fails('end as failed', 'RelayMisconfigured', 'orders'),
      '#0 resource arn:aws:swf:eu-west-1:<account>:/domain/orders': noHeartbeat('orders'),
    },
  },
  {
    policy: 'trust of DomainbillingRole',
    parts: {
      '#0': noHeartbeat('billing'),
      '#0 action sts:AssumeRole': noHeartbeat('billing'),
    },
  },
  {
    policy: 'DomainbillingRole/Heartbeat',
    parts: {
      '#0': noHeartbeat('billing'),
      '#0 action swf:RecordActivityTaskHeartbeat': noHeartbeat('billing'),
      '#0 resource arn:aws:swf:eu-west-1:<account>:/domain/billing': noHeartbeat('billing'),
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
      '#0': noHeartbeat(),
      '#0 action sts:AssumeRole': noHeartbeat(),
      '#0 resource arn:aws:iam::<account>:role/DomainbillingRole': noHeartbeat('billing'),
      '#0 resource arn:aws:iam::<account>:role/DomainordersRole': noHeartbeat('orders'),
      '#1': noHeartbeat(),
      '#1 action dynamodb:BatchGetItem': noHeartbeat(),
      '#1 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyEventsTable': noHeartbeat(),
      '#1 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': noHeartbeat(),
      '#2': noHeartbeat(),
      '#2 action kms:GenerateMac': noHeartbeat(),
      '#2 resource arn:aws:kms:eu-west-1:<account>:key/WorkerKeysMacKey': noHeartbeat(),
      '#3': fails('read', 'CacheUnavailable'),
      '#3 action dynamodb:GetItem': fails('read', 'CacheUnavailable'),
      '#3 action dynamodb:UpdateItem': fails('read', 'TaskUnknown'),
      '#3 resource arn:aws:dynamodb:eu-west-1:<account>:table/TaskStatesTable': fails('read', 'CacheUnavailable'),
      '#4': neverShared(),
      '#4 action dynamodb:UpdateItem': neverShared(),
      '#4 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyUseTable': neverSeen(),
      '#4 resource arn:aws:dynamodb:eu-west-1:<account>:table/RateLimitsTable': neverShared(),
    },
  },
  {
    policy: 'OperatorPolicy',
    parts: {
      '#0': noCommand('issue'),
      '#0 action cloudformation:DescribeStacks': noCommand('issue'),
      '#0 resource arn:aws:cloudformation:eu-west-1:<account>:stack/HeartbeatRelay-dev/*': noCommand('issue'),
      '#1': noSecret(),
      '#1 action kms:GenerateMac': noSecret(),
      '#1 resource arn:aws:kms:eu-west-1:<account>:key/WorkerKeysMacKey': noSecret(),
      '#2': noCommand('issue'),
      '#2 action dynamodb:DeleteItem': noCommand('purge'),
      '#2 action dynamodb:GetItem': noCommand('show'),
      '#2 action dynamodb:PutItem': noCommand('issue'),
      '#2 action dynamodb:Scan': noCommand('list'),
      '#2 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': noCommand('issue'),
      '#3': noCommand('show'),
      '#3 action dynamodb:BatchGetItem': noCommand('list'),
      '#3 action dynamodb:GetItem': noCommand('show'),
      '#3 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyUseTable': noCommand('show'),
      '#4': noCommand('issue'),
      '#4 action dynamodb:BatchGetItem': noCommand('list'),
      '#4 action dynamodb:PutItem': noCommand('issue'),
      '#4 action dynamodb:Query': noCommand('show'),
      '#4 action dynamodb:UpdateItem': noCommand('rotate'),
      '#4 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyEventsTable': noCommand('issue'),
    },
  },
  { policy: 'OperatorViewer', parts: VIEWING },
  {
    policy: 'OperatorRevoker',
    parts: {
      ...VIEWING,
      '#4': noCommand('revoke'),
      '#4 action dynamodb:UpdateItem': noCommand('revoke'),
      '#4 resource arn:aws:dynamodb:eu-west-1:<account>:table/KeyEventsTable': noCommand('revoke'),
      '#5': noCommand('revoke version 1'),
      '#5 action dynamodb:UpdateItem': noCommand('revoke version 1'),
      '#5 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable': noCommand('revoke version 1'),
    },
  },
  {
    policy: 'WorkerKeysMacKey',
    parts: {
      Derive: noSecret(),
      'Derive action kms:GenerateMac': noSecret(),
      'Derive resource *': noSecret(),
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
    reason:
      'the function’s code before version 2 keys: a deployment updates the role before the code, and may be rolled back',
    parts: [
      '#6',
      '#6 action dynamodb:GetItem',
      '#6 resource arn:aws:dynamodb:eu-west-1:<account>:table/WorkerKeysTable',
    ],
  },
  {
    policy: 'OperatorPolicy',
    reason:
      'version 1 keys: revoke and rotate write into their records for code before version 2, which reads no events',
    parts: ['#2 action dynamodb:UpdateItem'],
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
    policy: 'OperatorRevoker',
    condition: '#4 condition ForAllValues:StringEquals dynamodb:Attributes',
    keepsOut: 'a revoker who takes the end of a key back',
  },
  {
    policy: 'OperatorRevoker',
    condition: '#5 condition ForAllValues:StringEquals dynamodb:Attributes',
    keepsOut: 'a revoker who prolongs a version 1 key',
  },
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
