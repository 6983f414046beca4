import { expect, it } from 'vitest';

import { withTaskIdsAsOperands } from '../../cli/operands.ts';

const ID = `-h${'-'.repeat(41)}`;

it.each([
  { args: ['task', 'cancel', ID], becomes: ['task', 'cancel', '--', ID] },
  { args: ['task', 'cancel', ID, '--output', 'json'], becomes: ['task', 'cancel', '--output', 'json', '--', ID] },
  { args: ['task', 'cancel', '--', ID], becomes: ['task', 'cancel', '--', ID] },
  { args: ['task', 'cancel', '-h'], becomes: ['task', 'cancel', '-h'] },
  { args: ['keys', 'issue', '--label', ID], becomes: ['keys', 'issue', '--label', ID] },
])('$args', ({ args, becomes }) => {
  expect(withTaskIdsAsOperands(args)).toEqual(becomes);
});
