import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { findScenario } from '../../simulate/scenarios/all.ts';
import { FLEET_EVENTS, FLEET_RATES } from '../../simulate/scenarios/fleets.ts';
import { STORMS } from '../../simulate/scenarios/storms.ts';

const page = readFileSync(new URL('../../docs/capacity.md', import.meta.url), 'utf8');
const inShort = page.split('**In short**')[1]?.split('\n## ')[0]?.replaceAll(/\s+/g, ' ') ?? '';

/** The cells of each row by the scenario's name. */
function rowsOf(mark: string): ReadonlyMap<string, readonly string[]> {
  const table = page.split(`<!-- ${mark}: begin -->`)[1]?.split(`<!-- ${mark}: end -->`)[0] ?? '';
  const lines = table.split('\n').filter((line) => line.startsWith('| `'));
  const rows = lines.map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return new Map(rows.map(([, name = '', ...cells]) => [name, cells]));
}

const [storms, fleets, attacks, gateway] = ['storms', 'fleets', 'attacks', 'gateway'].map(rowsOf);
const toNumber = (text = ''): number => Number(text.replaceAll(',', ''));

/** The share of a cell like `3 of 4`. */
function lostShare(cell = ''): number {
  const [lost, tasks = '1'] = cell.split(' of ');
  return toNumber(lost) / toNumber(tasks);
}

const lostInStorm = (name: string): number => lostShare(storms?.get(name)?.[3]);

/** Of the tables of attacks. */
const lost = (cells: readonly string[]): number => lostShare(cells[3]);
const throttled = (cells: readonly string[]): number => toNumber(cells[2]);

it('every row names a scenario that the command knows', () => {
  const names = [...(storms?.keys() ?? []), ...(attacks?.keys() ?? []), ...(gateway?.keys() ?? [])];
  const families = [...(fleets?.keys() ?? [])];
  const ofFamilies = families.flatMap((name) => FLEET_EVENTS.map((event) => name.replace('*', event)));
  expect([names.length, families.length]).toEqual([STORMS.length + 32, FLEET_RATES.length]);
  expect([...names, ...ofFamilies].map((name) => findScenario(name).name)).toEqual([...names, ...ofFamilies]);
});

describe('what the page says in short is what its tables show:', () => {
  it('up to 140 a second, no task is lost', () => {
    expect(inShort).toContain(
      'If a fleet needs at most 140 such calls a second, and the rates of its keys and domains allow them, it loses no task. This was simulated with a heartbeat every 10 s (T = 300 s).',
    );
    const rates = [...(fleets ?? [])].filter(([name]) => Number(name.split('-')[1]) <= 140);
    expect(rates).toHaveLength(7);
    expect(rates.map(([, cells]) => cells[1])).toEqual(rates.map(() => '0'));
    const paced = ['storm', 'storm-sync', 'minute', 'long', 'sixth', 'few', 'low-quota', 'restart'];
    expect(paced.map((name) => [name, lostInStorm(name)])).toEqual(paced.map((name) => [name, 0]));
  });

  it('without T, or without the relay, tasks are lost above the quota', () => {
    expect(inShort).toContain('Above it they lose tasks: six or seven of ten in `storm-unpaced` and `storm-direct`.');
    const shares = ['storm-unpaced', 'storm-direct'].map((name) => Math.round(10 * lostInStorm(name)));
    expect(shares).toEqual([6, 7]);
    const others = ['storm-sync', 'minute', 'long', 'third', 'sixth', 'low-quota'];
    const names = others.flatMap((name) => [`${name}-unpaced`, `${name}-direct`]);
    expect(names.filter((name) => !(lostInStorm(name) > 0))).toEqual([]);
  });

  it('where the limit lies after an outage', () => {
    expect(inShort).toContain('A fleet that needs up to 120 calls a second loses no task.');
    expect(inShort).toContain('One that needs 139 loses 775 of 27,800 tasks');
    expect(inShort).toContain('After T/2, the limit is 60 a second.');
    const lostAfter = (column: number, ...rates: readonly number[]): number[] =>
      rates.map((rate) => toNumber(fleets?.get(`fleet-${rate}-*`)?.[column]));
    expect(lostAfter(2, 20, 40, 60, 80, 100, 120, 139)).toEqual([0, 0, 0, 0, 0, 0, 775]);
    expect(lostAfter(0, 139)).toEqual([27_800]);
    expect(lostAfter(4, 20, 40, 60)).toEqual([0, 0, 0]);
    expect(lostAfter(4, 80)).not.toEqual([0]);
  });

  it('a key that misbehaves takes no task from another domain', () => {
    expect(inShort).toContain('A key that misbehaves takes no task from another domain');
    const rows = [...(attacks ?? [])].filter(([name]) => name.startsWith('attack-'));
    expect(rows).toHaveLength(20);
    expect(rows.filter(([, cells]) => lost(cells) > 0 || throttled(cells) > 0)).toEqual([]);
    expect(inShort).toContain('If they do not, it takes tasks, and six times the default throttle takes nearly all');
    const full = ['default-throttle-20x300', 'default-throttle-20x1000', 'account-throttle-20x1000'];
    const fits = [...(gateway ?? [])].filter(([name]) => !full.includes(name));
    const shares = full.map((name) => lost(gateway?.get(name) ?? []));
    expect(shares.map((share) => share > 0.9)).toEqual([true, true, false]);
    expect(page).toContain('6 of 106 tasks of `orders` are lost');
    expect(shares[2]).toBeCloseTo(6 / 106);
    expect(fits.filter(([, cells]) => lost(cells) > 0)).toEqual([]);
  });
});
