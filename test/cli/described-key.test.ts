import { describe, expect, it } from 'vitest';

import { describeKey, type DescribedKey, isListed, type KeyFilter } from '../../cli/keys/described-key.ts';
import { KeyTable, toBlock } from '../../cli/keys/table.ts';
import { aKeyId, aRecordV2, NOW } from '../lambda/workers/worker-key-records.ts';
import { aManagedKey, toManaged } from '../operator/a-managed-key.ts';

const DAY_MS = 86_400_000;

const aKey = (over: Partial<DescribedKey> = {}): DescribedKey => ({
  keyId: aKeyId(),
  label: 'press 7',
  domains: ['billing', 'orders'],
  status: 'active',
  createdAt: '2026-06-01T00:00:00.000Z',
  expiresAt: null,
  lastSeenOn: null,
  grant: null,
  seal: 'unsealed',
  macKey: 'newest',
  ...over,
});

describe('a key', () => {
  it.each([
    { given: 'without an end', over: {}, status: 'active' },
    { given: 'that ends in a moment', over: { expiresAtMs: NOW + 1 }, status: 'active' },
    { given: 'that ends now', over: { expiresAtMs: NOW }, status: 'expired' },
    { given: 'that is revoked', over: { status: 'revoked' as const }, status: 'revoked' },
    { given: 'that is revoked and over', over: { status: 'revoked' as const, expiresAtMs: 0 }, status: 'revoked' },
  ])('$given is $status', ({ over, status }) => {
    expect(describeKey(aManagedKey(over), NOW, { macKey: 'newest' })).toMatchObject({ status });
  });

  it('is described by what its record and its use say, and by no more', () => {
    const record = aManagedKey({ expiresAtMs: NOW });
    expect(describeKey(record, NOW, { macKey: 'earlier', lastSeenOn: '2026-11-21' })).toEqual({
      keyId: record.keyId,
      label: 'press 7',
      domains: ['orders'],
      status: 'expired',
      createdAt: '2026-11-01T00:00:00.000Z',
      expiresAt: '2026-11-22T08:00:00.000Z',
      lastSeenOn: '2026-11-21',
      grant: null,
      seal: 'unsealed',
      macKey: 'earlier',
    });
  });

  it('of version 2 is described by its grant and its events', () => {
    const record = aRecordV2({ expiresAt: '2026-12-01T00:00:00.000Z' });
    const keyId = { S: record.keyId };
    const events = [
      { keyId, event: { S: 'issued' }, label: { S: 'press 7' }, at: { S: '2026-11-01T00:00:00.000Z' } },
      { keyId, event: { S: 'ends' }, endsAt: { S: '2026-11-30T00:00:00.000Z' } },
    ];
    expect(describeKey(toManaged(record, events), NOW, { macKey: 'newest', seal: 'intact' })).toEqual({
      keyId: record.keyId,
      label: 'press 7',
      domains: ['orders'],
      status: 'active',
      createdAt: '2026-11-01T00:00:00.000Z',
      expiresAt: '2026-11-30T00:00:00.000Z',
      lastSeenOn: null,
      grant: record.grant,
      seal: 'intact',
      macKey: 'newest',
    });
  });
});

describe('a list', () => {
  const sinceMs = NOW - 90 * DAY_MS; // 2026-08-24T08:00:00Z
  it.each<{ given: string; filter: KeyFilter; over?: Partial<DescribedKey>; listed: boolean }>([
    { given: 'no filter', filter: {}, listed: true },
    { given: 'a part of its label', filter: { label: 'ess' }, listed: true },
    { given: 'a part of another label', filter: { label: 'mill' }, listed: false },
    { given: 'one of its domains', filter: { domain: 'orders' }, listed: true },
    { given: 'a part of its domain', filter: { domain: 'order' }, listed: false },
    { given: 'its status', filter: { status: 'active' }, listed: true },
    { given: 'another status', filter: { status: 'revoked' }, listed: false },
    { given: 'its KMS key', filter: { macKey: 'newest' }, listed: true },
    { given: 'another KMS key', filter: { macKey: 'earlier' }, listed: false },
    { given: 'two, of which it meets one', filter: { label: 'press', domain: 'stock' }, listed: false },
    { given: 'disuse, never seen and old', filter: { unusedSinceMs: sinceMs }, listed: true },
    {
      given: 'disuse, never seen and made since',
      filter: { unusedSinceMs: sinceMs },
      over: { createdAt: '2026-08-24T08:00:00.001Z' },
      listed: false,
    },
    {
      given: 'disuse, last seen the day before',
      filter: { unusedSinceMs: sinceMs },
      over: { lastSeenOn: '2026-08-23' },
      listed: true,
    },
    {
      given: 'disuse, last seen on that day, perhaps later in it',
      filter: { unusedSinceMs: sinceMs },
      over: { lastSeenOn: '2026-08-24' },
      listed: false,
    },
    {
      given: 'an end within 30 days',
      filter: { expiresUntilMs: NOW + 30 * DAY_MS },
      over: { expiresAt: new Date(NOW + 30 * DAY_MS).toISOString() },
      listed: true,
    },
    {
      given: 'an end after 30 days',
      filter: { expiresUntilMs: NOW + 30 * DAY_MS },
      over: { expiresAt: new Date(NOW + 30 * DAY_MS + 1).toISOString() },
      listed: false,
    },
    { given: 'an end within 30 days, without one', filter: { expiresUntilMs: NOW + 30 * DAY_MS }, listed: false },
    {
      given: 'an end within 30 days, revoked',
      filter: { expiresUntilMs: NOW + 30 * DAY_MS },
      over: { expiresAt: new Date(NOW).toISOString(), status: 'revoked' },
      listed: false,
    },
  ])('by $given: $listed', ({ filter, over, listed }) => {
    expect(isListed(aKey(over), filter)).toBe(listed);
  });

  it('is a table with a line a key, as wide as what is in it', () => {
    const keys = [
      aKey({ expiresAt: '2027-01-31T00:00:00.000Z', lastSeenOn: '2026-11-22' }),
      aKey({ keyId: aKeyId(1), label: 'x', domains: ['orders'], status: 'revoked' }),
    ];
    expect(new KeyTable().toText(keys)).toBe(
      `key id                label    domains         status   created               expires               last seen
HBRKAAAAAAAAAAAAAAAA  press 7  billing,orders  active   2026-06-01T00:00:00Z  2027-01-31T00:00:00Z  2026-11-22
HBRKBAAAAAAAAAAAAAAA  x        orders          revoked  2026-06-01T00:00:00Z  never                 -
`,
    );
  });

  it('is a table whose columns only grow from page to page, under one line of titles', () => {
    const table = new KeyTable();
    const label = 'longer than the first page';
    expect(table.toText([aKey()]).split('\n')).toHaveLength(3);
    expect([table.toText([aKey({ label })]), table.toText([aKey()])]).toEqual([
      `HBRKAAAAAAAAAAAAAAAA  ${label}  billing,orders  active  2026-06-01T00:00:00Z  never    -\n`,
      `HBRKAAAAAAAAAAAAAAAA  ${'press 7'.padEnd(label.length)}  billing,orders  active  2026-06-01T00:00:00Z  never    -\n`,
    ]);
  });

  it('has its titles also where no key is in it', () => {
    expect(new KeyTable().toText([])).toBe('key id  label  domains  status  created  expires  last seen\n');
  });

  it('commands no terminal, whatever stands in the record', () => {
    const key = aKey({ label: '\u001B[2Jgone\n', createdAt: '\u001B[1m', lastSeenOn: '\u009B1m' });
    expect(new KeyTable().toText([key]) + toBlock(key)).toMatch(/^[\x20-\x7E\n]+$/);
    expect(new KeyTable().toText([key]).trim().split('\n')).toHaveLength(2);
  });
});
