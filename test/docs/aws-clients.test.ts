import { describe, expect, it } from 'vitest';

import { COMPILED_SDK_CLIENTS } from '../clients/compiled-sdk-clients.rows.ts';
import type { ClientFacts } from '../clients/sdk-client.ts';
import { SDK_CLIENTS } from '../clients/sdk-clients.rows.ts';
import { readPage } from './recordings.ts';

const page = readPage('docs/aws-clients.md');
const CLIENTS: readonly ClientFacts[] = [...SDK_CLIENTS, ...COMPILED_SDK_CLIENTS];

function toRow(client: ClientFacts): string {
  const { name, version, regionVariable, readsEndpointVariable, attempts } = client;
  const { readsMaxAttempts, followsRetryAfter, correctsClock } = client;
  const toWord = (reads: boolean): string => (reads ? 'read' : 'ignored');
  const cells = [
    name,
    version,
    `\`${regionVariable}\``,
    readsEndpointVariable ? 'read' : '**ignored**',
    attempts,
    toWord(readsMaxAttempts),
    followsRetryAfter ? 'followed' : 'ignored',
    correctsClock === undefined ? 'not tried' : correctsClock ? 'yes' : 'no',
  ];
  return `| ${cells.join(' | ')} |`;
}

describe('docs/aws-clients.md', () => {
  it('has a row for each client that the tests install, which says what they show', () => {
    const [, table = ''] = page.split('|---|---|---|---|---|---|---|---|\n');
    expect(table.split('\n\n')[0]?.split('\n')).toEqual(CLIENTS.map(toRow));
  });
});

describe('its warning of AWS_ENDPOINT_URL_SWF', () => {
  const [, warning = ''] = /^- \*\*(?<warning>`AWS_ENDPOINT_URL_SWF` [^]*?)(?=^- )/m.exec(page) ?? [];

  it('says that the clients call the real SWF, and to set the endpoint in code', () => {
    expect(warning).toContain('they silently call the real SWF');
    expect(warning).toMatch(/set the endpoint in code/i);
  });
});
