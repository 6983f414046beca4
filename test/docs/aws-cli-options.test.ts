import { expect, it } from 'vitest';

import { CONNECTION_ROWS } from '../clients/aws-cli-connection.rows.ts';
import { INPUT_ROWS } from '../clients/aws-cli-input.rows.ts';
import { OUTPUT_ROWS } from '../clients/aws-cli-output.rows.ts';
import { readPage } from './recordings.ts';

const OPTION = /`(?<option>--[a-z-]+)`/g;

it("lists each option of the AWS CLI's command once in the page's table, and those alone", () => {
  const [, table = ''] = readPage('docs/aws-clients.md').split(/^\| option \| against the relay \|$/m);
  const [rows = ''] = table.split('\n\n');
  const listed = rows.split('\n').flatMap((row) => {
    const [, options = ''] = row.split('|');
    return [...options.matchAll(OPTION)].map(({ groups }) => groups?.['option'] ?? '');
  });
  const tested = new Set([...INPUT_ROWS, ...OUTPUT_ROWS, ...CONNECTION_ROWS].map(({ option }) => option));
  expect(listed.toSorted()).toEqual([...tested].toSorted());
});
