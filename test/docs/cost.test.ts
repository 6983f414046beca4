import { expect, it } from 'vitest';

import { readme, readPage } from './recordings.ts';

const page = readPage('docs/cost.md');

const { default: smallest } = await import('../lib/__snapshots__/smallest.template.json', { with: { type: 'json' } });

/** The dollars of a million heartbeats: each part, and at the end their sum. */
const amounts = [
  ...(page.split('## A month')[0] ?? '').matchAll(/^\| [^|]+ \| (?:about )?(?<dollars>\d\.\d\d) \|/gm),
].map(({ groups }) => Number(groups?.['dollars']));
const sum = amounts.slice(0, -1).reduce((total, amount) => total + amount, 0);

const MILLIONS_OF_A_THOUSAND_TASKS = (1000 * 30 * 86_400) / 30 / 1e6;

it('docs/cost.md adds the costs up', () => {
  expect(amounts).toHaveLength(8);
  expect(sum).toBeCloseTo(amounts.at(-1) ?? 0, 5);
  expect(page).toContain(`make ${Math.round(MILLIONS_OF_A_THOUSAND_TASKS)} million heartbeats`);
  expect(page).toContain(`about ${Math.round(MILLIONS_OF_A_THOUSAND_TASKS * sum)}.`);
});

it('the README has the same costs', () => {
  expect(readme).toContain(`about ${sum.toFixed(2)} dollars ([how it adds up](docs/cost.md))`);
  expect(readme).toContain(`about ${Math.round(MILLIONS_OF_A_THOUSAND_TASKS * sum)} dollars for 30 days`);
});

it('both say what the alarms cost', () => {
  const alarms = Object.values(smallest.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const dollars = (alarms.length * 0.1).toFixed(2);
  expect(page).toContain(`| alarms | ${dollars} for the alarms`);
  expect(readme).toContain(`${dollars} dollars a month for the alarms`);
});
