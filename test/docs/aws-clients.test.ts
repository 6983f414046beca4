import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { COMPILED_SDK_CLIENTS } from '../clients/compiled-sdk-clients.rows.ts';
import type { ClientFacts } from '../clients/sdk-client.ts';
import { SDK_CLIENTS } from '../clients/sdk-clients.rows.ts';
import { readme } from './recordings.ts';

const page = readFileSync(new URL('../../docs/aws-clients.md', import.meta.url), 'utf8');
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

describe("the README's warning of AWS_ENDPOINT_URL_SWF", () => {
  const [, warning = ''] = /^- \*\*(?<warning>`AWS_ENDPOINT_URL_SWF` [^]*?)(?=^- )/m.exec(readme) ?? [];

  it('names every client that ignores it, with the version that was tried, and no other', () => {
    const ignoring = CLIENTS.filter(({ readsEndpointVariable }) => !readsEndpointVariable);
    const reading = CLIENTS.filter(({ readsEndpointVariable }) => readsEndpointVariable);
    const versions = [...warning.matchAll(/\d+\.\d+\.\d+/g)].map(([version]) => version);
    expect(versions.toSorted()).toEqual(ignoring.map(({ version }) => version).toSorted());
    expect(reading.filter(({ version }) => warning.includes(version))).toEqual([]);
    const unnamed = ignoring.filter(({ name }) => !warning.includes(name.replace(/^SDK for | v\d$/g, '')));
    expect(unnamed).toEqual([]);
  });

  it('says to set the endpoint in code', () => {
    expect(warning).toMatch(/set the endpoint in code/i);
  });
});
