import { expect } from 'vitest';

import { answered, type Ending, failed, refused } from './worker-cli.ts';
import { type OptionRow, type Place, rowsOf } from './aws-cli-row.ts';

const INVALID_TOKEN = refused('ValidationException', 'Invalid token');

/** The relay's own limit, in SWF's words. */
const tooLong = (field: string, max: number) =>
  refused(
    'ValidationException',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
  );

/** The CLI's own refusal, before it sends anything. */
const unsent = (text: string): Ending => failed(252, text);

const toJson = ({ taskToken, details }: Place): string => JSON.stringify({ taskToken, details });
const toYaml = ({ taskToken, details }: Place): string => `taskToken: ${taskToken}\ndetails: ${details}\n`;

const withToken =
  (taskToken: string): OptionRow['args'] =>
  ({ endpoint }) => [...endpoint, '--task-token', taskToken];

const TOKEN_ROWS = rowsOf('--task-token', [
  { given: 'of an open task', args: ({ heartbeat }) => heartbeat, ends: answered(false), isRecorded: true },
  { given: 'of one character', args: withToken('+'), ends: INVALID_TOKEN, isRecorded: false },
  {
    given: 'of 1024 characters, + / = among them',
    args: withToken(`${'aB3+/='.repeat(170)}+/==`),
    ends: INVALID_TOKEN,
    isRecorded: false,
  },
  {
    given: 'of 1025 characters',
    args: withToken(`${'aB3+/='.repeat(170)}+/===`),
    ends: tooLong('taskToken', 1024),
    isRecorded: false,
  },
  {
    given: 'that is empty',
    args: withToken(''),
    ends: unsent('Invalid length for parameter taskToken, value: 0, valid min length: 1'),
    isRecorded: false,
  },
  {
    given: 'left out',
    args: ({ endpoint }) => endpoint,
    ends: unsent('the following arguments are required: --task-token'),
    isRecorded: false,
  },
  {
    given: 'out of a file',
    args: ({ endpoint, taskToken, details, file }) => {
      const from = `file://${file('token', taskToken)}`;
      return [...endpoint, '--task-token', from, '--details', details];
    },
    ends: answered(false),
    isRecorded: true,
  },
]);

const toHeartbeat: OptionRow['args'] = ({ heartbeat }) => heartbeat;

const DETAILS_ROWS = rowsOf('--details', [
  {
    given: 'of many scripts',
    args: toHeartbeat,
    details: 'Grüße, 日本語, שלום, 🎉 "100 %" \\u0041 +/=',
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'of 2048 characters',
    args: toHeartbeat,
    details: 'é'.repeat(2048),
    ends: answered(false),
    isRecorded: true,
  },
  {
    given: 'of 2049 characters',
    args: toHeartbeat,
    details: '%'.repeat(2049),
    ends: tooLong('details', 2048),
    isRecorded: false,
  },
]);

const FILE_ROWS: readonly OptionRow[] = [
  {
    option: '--cli-input-json',
    given: 'in place',
    args: (place) => [...place.endpoint, '--cli-input-json', toJson(place)],
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--cli-input-json',
    given: 'with a token that --task-token overrides',
    args: ({ endpoint, taskToken, details }) => {
      const json = JSON.stringify({ taskToken: 'another', details });
      return [...endpoint, '--cli-input-json', json, '--task-token', taskToken];
    },
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--cli-input-json',
    given: 'with a member that SWF has not',
    args: ({ endpoint }) => [...endpoint, '--cli-input-json', '{"taskToken": "x", "progress": 42}'],
    ends: unsent('Unknown parameter in input: "progress", must be one of: taskToken, details'),
    isRecorded: false,
  },
  {
    option: '--cli-input-yaml',
    given: 'out of a file',
    args: (place) => [...place.endpoint, '--cli-input-yaml', `file://${place.file('heartbeat.yaml', toYaml(place))}`],
    ends: answered(false),
    isRecorded: true,
  },
];

const toSkeleton = (given: string, stdout: unknown): Omit<OptionRow, 'option'> => ({
  given,
  args: ({ heartbeat }) => [...heartbeat, '--generate-cli-skeleton', given],
  ends: { exitCode: 0, stdout, stderr: '' },
  isRecorded: false,
});

/** Nothing is sent: the `true` of `output` is nobody's cancellation. */
const SKELETON_ROWS = rowsOf('--generate-cli-skeleton', [
  toSkeleton('input', '{\n    "taskToken": "",\n    "details": ""\n}\n'),
  toSkeleton('yaml-input', expect.stringMatching(/^taskToken: ''.*\ndetails: ''.*\n$/)),
  toSkeleton('output', '{\n    "cancelRequested": true\n}\n'),
]);

const BINARY_ROWS = rowsOf('--cli-binary-format', [
  {
    given: 'raw-in-base64-out',
    args: ({ heartbeat }) => [...heartbeat, '--cli-binary-format', 'raw-in-base64-out'],
    ends: answered(false),
    isRecorded: true,
  },
]);

/** Options that say what is sent. */
export const INPUT_ROWS = [...TOKEN_ROWS, ...DETAILS_ROWS, ...FILE_ROWS, ...SKELETON_ROWS, ...BINARY_ROWS];
