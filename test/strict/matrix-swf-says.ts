import { type Said, saysFault } from './matrix-fake-aws.ts';

export const MISCONFIGURED = '503 RelayMisconfigured';
/** SWF does not know something, in words that do not say that a task is closed. */
export const UNKNOWN_RESOURCE = '503 SwfResourceUnknown';
export const FOREIGN = '403 TaskNotInDomain';

const ARN = 'arn:aws:swf:eu-west-1:123456789012:/domain/orders';

/** IAM's sentence, without its cause. */
const denied = (resource: string): string =>
  `User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: swf:RecordActivityTaskHeartbeat on resource: ${resource}`;

/** What SWF may say to a heartbeat in the domain `orders`, the row that it means, and how often it is asked then. */
export const SWF_SAYS: (readonly [what: string, said: Said, row: string, calls: number])[] = [
  ['an unknown domain', saysFault('UnknownResourceFault', 'Unknown domain: orders'), UNKNOWN_RESOURCE, 1],
  [
    'an unknown type',
    saysFault('UnknownResourceFault', 'Unknown type: ActivityType=[name=press, version=1]'),
    UNKNOWN_RESOURCE,
    1,
  ],
  [
    'UnrecognizedClientException',
    saysFault('com.amazon.coral.service#UnrecognizedClientException', 'x', 403),
    MISCONFIGURED,
    1,
  ],
  ['ExpiredTokenException', saysFault('com.amazon.coral.service#ExpiredTokenException', 'x'), MISCONFIGURED, 1],
  [
    'InvalidSignatureException',
    saysFault('com.amazon.coral.service#InvalidSignatureException', 'x', 403),
    MISCONFIGURED,
    1,
  ],
  ['a denial of this domain', saysFault('AccessDeniedException', denied(ARN)), MISCONFIGURED, 1],
  [
    'a denial of this domain, with its cause',
    saysFault('AccessDeniedException', `${denied(ARN)} because no identity-based policy allows it`),
    MISCONFIGURED,
    1,
  ],
  [
    'an explicit denial of this domain',
    saysFault('OperationNotPermittedFault', `${denied(ARN)} with an explicit deny`),
    MISCONFIGURED,
    1,
  ],
  [
    'a denial of a domain whose name begins with ours',
    saysFault('AccessDeniedException', denied(`${ARN}-eu`)),
    FOREIGN,
    1,
  ],
  [
    'a denial of ours in another region',
    saysFault('AccessDeniedException', denied(ARN.replace('west', 'east'))),
    FOREIGN,
    1,
  ],
  ['a denial that names none', saysFault('OperationNotPermittedFault', 'Not permitted'), FOREIGN, 1],
  [
    'a token it can’t read',
    saysFault('com.amazon.coral.validate#ValidationException', 'Invalid token'),
    '400 InvalidTaskToken',
    1,
  ],
  [
    'another field it can’t take',
    saysFault('com.amazon.coral.validate#ValidationException', '1 validation error'),
    '400 MalformedRequest',
    1,
  ],
  [
    'a closed task of which nothing is stored',
    saysFault('UnknownResourceFault', 'Unknown activity, scheduledEventId = 5'),
    '410 TaskNotOpen',
    1,
  ],
  [
    'a closed run of which nothing is stored',
    saysFault('UnknownResourceFault', 'Unknown execution: WorkflowExecution=[workflowId=w, runId=r]'),
    '410 TaskNotOpen',
    1,
  ],
  [
    'ThrottlingException',
    saysFault('com.amazon.coral.availability#ThrottlingException', 'Rate exceeded'),
    '429 SwfThrottled',
    1,
  ],
  ['500', saysFault('com.amazon.coral.service#InternalFailure', 'x', 500), '503 SwfUnavailable', 2],
  ['503', saysFault('com.amazon.coral.service#ServiceUnavailable', 'x', 503), '503 SwfUnavailable', 2],
  ['200 without cancelRequested', { status: 200, body: '{}' }, '503 SwfUnavailable', 1],
  [
    '200 with a word for cancelRequested',
    { status: 200, body: '{"cancelRequested":"false"}' },
    '503 SwfUnavailable',
    1,
  ],
  ['200 with null for cancelRequested', { status: 200, body: '{"cancelRequested":null}' }, '503 SwfUnavailable', 1],
  ['200 without a body', { status: 200, body: '' }, '503 SwfUnavailable', 1],
];
