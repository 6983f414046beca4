import { expect } from 'vitest';

import { answered, type Ending } from './worker-cli.ts';
import { type OptionRow, rowsOf } from './aws-cli-row.ts';

const TABLE = `------------------------------
| RecordActivityTaskHeartbeat|
+------------------+---------+
|  cancelRequested |  False  |
+------------------+---------+
`;

const toForm = (given: string, stdout: unknown, ...options: string[]): Omit<OptionRow, 'option'> => ({
  given,
  args: ({ heartbeat }) => [...heartbeat, ...options],
  ends: { exitCode: 0, stdout, stderr: '' },
  isRecorded: true,
});

const FORM_ROWS = rowsOf('--output', [
  toForm('json', answered(false).stdout, '--output', 'json'),
  toForm('text', 'False\n', '--output', 'text'),
  toForm('table', TABLE, '--output', 'table'),
  toForm('yaml', 'cancelRequested: false\n', '--output', 'yaml'),
  toForm('yaml-stream', '- cancelRequested: false\n', '--output', 'yaml-stream'),
]);

const COLOURED: unknown = expect.stringContaining('\u{1B}[34mcancelRequested\u{1B}[0m');

const COLOR_ROWS = rowsOf('--color', [
  toForm('on', COLOURED, '--output', 'table', '--color', 'on'),
  toForm('off', TABLE, '--output', 'table', '--color', 'off'),
]);

/** Puts a word before each line, in place of a pager that waits for keys. */
const PAGED = { AWS_PAGER: 'sed s/^/paged:/' };

const shown = (text: string): Ending => ({ exitCode: 0, stdout: expect.stringContaining(text), stderr: '' });

const TERMINAL_ROWS: readonly OptionRow[] = [
  {
    option: '--no-cli-pager',
    given: 'left out, at a terminal: the answer goes through the pager',
    args: ({ heartbeat }) => heartbeat,
    environment: PAGED,
    terminal: true,
    ends: shown('paged:    "cancelRequested": false'),
    isRecorded: true,
  },
  {
    option: '--no-cli-pager',
    given: 'at a terminal',
    args: ({ heartbeat }) => [...heartbeat, '--no-cli-pager'],
    environment: PAGED,
    terminal: true,
    ends: { exitCode: 0, stdout: '{\r\n    "cancelRequested": false\r\n}\r\n', stderr: '' },
    isRecorded: true,
  },
  {
    option: '--cli-auto-prompt',
    given: 'at a terminal: Enter closes the list of what could be added, and another sends the heartbeat',
    args: ({ heartbeat }) => [...heartbeat, '--cli-auto-prompt'],
    terminal: { waitsFor: 'Hide/Show Output', types: '\r\r' },
    ends: shown('{\r\n    "cancelRequested": false\r\n}\r\n'),
    isRecorded: true,
  },
  {
    option: '--no-cli-auto-prompt',
    given: 'against AWS_CLI_AUTO_PROMPT=on, where there is no terminal',
    args: ({ heartbeat }) => [...heartbeat, '--no-cli-auto-prompt'],
    environment: { AWS_CLI_AUTO_PROMPT: 'on' },
    ends: answered(false),
    isRecorded: true,
  },
];

/** Options that say what is shown, and to whom. */
export const OUTPUT_ROWS: readonly OptionRow[] = [
  ...FORM_ROWS,
  ...COLOR_ROWS,
  ...TERMINAL_ROWS,
  {
    option: '--query',
    given: 'of the one member',
    args: ({ heartbeat }) => [...heartbeat, '--query', 'cancelRequested'],
    ends: { exitCode: 0, stdout: 'false\n', stderr: '' },
    isRecorded: true,
  },
  {
    option: '--no-paginate',
    given: 'with an answer that has no pages',
    args: ({ heartbeat }) => [...heartbeat, '--no-paginate'],
    ends: answered(false),
    isRecorded: true,
  },
  {
    option: '--debug',
    given: "shows the worker its own request and the relay's answer",
    args: ({ heartbeat }) => [...heartbeat, '--debug'],
    ends: { ...answered(false), stderr: expect.stringContaining('b\'{"cancelRequested":false}\'') },
    isRecorded: true,
  },
  {
    option: '--version',
    given: 'sends nothing',
    args: ({ heartbeat }) => [...heartbeat, '--version'],
    ends: { exitCode: 0, stdout: expect.stringMatching(/^aws-cli\/2\.\S+ /), stderr: '' },
    isRecorded: false,
  },
];
