import { expect } from 'vitest';

import { answered, type Ending, failed, PROFILE, refused } from './worker-cli.ts';
import { type OptionRow, type Place, rowsOf } from './aws-cli-row.ts';

/** A heartbeat to another URL than the path form. */
const heartbeatTo = (toUrl: (place: Place) => string): OptionRow['args'] => {
  return (place) => ['--endpoint-url', toUrl(place), '--task-token', place.taskToken, '--details', place.details];
};

/** The CLI met no answer. */
const unanswered = (text: string): Ending => failed(255, text);

/** One attempt, so that what fails is waited for once. */
const ONCE = { AWS_MAX_ATTEMPTS: '1' };

const ENDPOINT_ROWS = rowsOf('--endpoint-url', [
  {
    given: 'in the path form',
    args: ({ heartbeat }) => heartbeat,
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'in the path form, with a last slash',
    args: heartbeatTo(({ connection }) => `${connection.relayUrl}/domains/orders/`),
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'in the root form, with a key of one domain',
    args: heartbeatTo(({ connection }) => connection.relayUrl),
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'in the root form, with a last slash',
    args: heartbeatTo(({ connection }) => `${connection.relayUrl}/`),
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'of a domain that the key does not grant',
    args: heartbeatTo(({ connection }) => `${connection.relayUrl}/domains/billing`),
    ends: refused('AccessDeniedException', 'This worker key may not do this in this domain.'),
    isRecorded: false,
  },
  {
    given: 'of no path that the relay has',
    args: heartbeatTo(({ connection }) => `${connection.relayUrl}/orders`),
    ends: refused(
      'UnknownOperationException',
      'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.',
    ),
    isRecorded: false,
  },
]);

const caFileOf = ({ connection }: Place): string => connection.caFile ?? '';

const TLS_ROWS: readonly OptionRow[] = [
  {
    option: '--ca-bundle',
    given: 'left out: the CLI does not trust the relay',
    stack: 'tls',
    args: ({ heartbeat }) => heartbeat,
    environment: ONCE,
    ends: unanswered('SSL validation failed'),
    isRecorded: false,
  },
  {
    option: '--ca-bundle',
    given: "with the relay's CA",
    stack: 'tls',
    args: (place) => [...place.heartbeat, '--ca-bundle', caFileOf(place)],
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--no-verify-ssl',
    given: 'sends the heartbeat all the same, with a warning',
    stack: 'tls',
    args: ({ heartbeat }) => [...heartbeat, '--no-verify-ssl'],
    ends: { ...answered(false), stderr: expect.stringContaining('InsecureRequestWarning') },
    isRecorded: true,
  },
];

const TIMEOUT_ROWS: readonly OptionRow[] = [
  {
    option: '--cli-read-timeout',
    given: 'shorter than the relay waits for SWF',
    stack: 'hanging',
    args: ({ heartbeat }) => [...heartbeat, '--cli-read-timeout', '1'],
    environment: ONCE,
    ends: unanswered('Read timeout on endpoint URL'),
    isRecorded: false,
  },
  {
    option: '--cli-read-timeout',
    given: 'longer: the relay says itself that SWF gave no answer',
    stack: 'hanging',
    args: ({ heartbeat }) => [...heartbeat, '--cli-read-timeout', '5'],
    environment: ONCE,
    ends: refused(
      'ThrottlingException',
      'SWF failed or did not answer in time. Nobody knows whether it got the request: keep working and try again.',
      ' (reached max retries: 0)',
    ),
    isRecorded: false,
  },
  {
    option: '--cli-connect-timeout',
    given: 'where nobody takes the connection',
    args: (place) => [
      ...heartbeatTo(({ deafUrl }) => `${deafUrl}/domains/orders`)(place),
      '--cli-connect-timeout',
      '1',
    ],
    environment: ONCE,
    ends: unanswered('Connect timeout on endpoint URL'),
    isRecorded: false,
  },
  {
    option: '--cli-connect-timeout',
    given: 'shorter than the relay waits for SWF: it is connected long since',
    stack: 'hanging',
    args: ({ heartbeat }) => [...heartbeat, '--cli-connect-timeout', '1'],
    environment: ONCE,
    ends: refused(
      'ThrottlingException',
      'SWF failed or did not answer in time. Nobody knows whether it got the request: keep working and try again.',
      ' (reached max retries: 0)',
    ),
    isRecorded: false,
  },
];

const SIGNING_ROWS: readonly OptionRow[] = [
  {
    option: '--profile',
    given: 'with the key in the credentials file, against another in the environment',
    args: ({ heartbeat }) => [...heartbeat, '--profile', PROFILE],
    environment: { AWS_ACCESS_KEY_ID: 'HBRKAAAAAAAAAAAAAAAA', AWS_REGION: undefined },
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--profile',
    given: 'of nobody',
    args: ({ heartbeat }) => [...heartbeat, '--profile', 'nobody'],
    ends: unanswered('The config profile (nobody) could not be found'),
    isRecorded: false,
  },
  {
    option: '--region',
    given: "the domain's, against another in the environment",
    args: ({ heartbeat, connection }) => [...heartbeat, '--region', connection.region],
    environment: { AWS_REGION: 'us-east-1' },
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--region',
    given: "another than the domain's",
    args: ({ heartbeat }) => [...heartbeat, '--region', 'us-east-1'],
    ends: refused('IncompleteSignatureException', "Credential should be scoped to a valid region: 'eu-west-1'."),
    isRecorded: false,
  },
  {
    option: '--no-sign-request',
    given: 'is refused as SWF refuses it',
    args: ({ heartbeat }) => [...heartbeat, '--no-sign-request'],
    ends: refused('MissingAuthenticationTokenException', 'Request is missing Authentication Token'),
    isRecorded: false,
  },
];

/** Options that say how the relay is reached, and as whom. */
export const CONNECTION_ROWS = [...ENDPOINT_ROWS, ...TLS_ROWS, ...TIMEOUT_ROWS, ...SIGNING_ROWS];
