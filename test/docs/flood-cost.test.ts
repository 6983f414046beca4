import { expect, it } from 'vitest';

import { readme, readPage } from './recordings.ts';

const threatModel = readPage('docs/threat-model.md');
const runbook = readPage('docs/runbook.md');
const costs = readPage('docs/cost.md');

/** A price for a million requests, as the table of costs says it. */
function priceOf(row: RegExp): number {
  const price = Number(row.exec(costs)?.groups?.['dollars']);
  if (Number.isNaN(price)) throw new Error(`the page has no price like ${row.source}`);
  return price;
}

it('the runbook says what a key costs that sends 300 requests a second, at the prices of docs/cost.md', () => {
  const perMillion =
    priceOf(/\| API Gateway, HTTP API \| (?<dollars>[\d.]+) \|/) +
    priceOf(/\| (?<dollars>[\d.]+) for the requests,/) +
    priceOf(/\| CloudWatch Logs \| (?<dollars>[\d.]+) \|/) +
    // The relay reads the row of a task before it answers 429.
    priceOf(/costs a read, at (?<dollars>[\d.]+) a million/);
  const cost = 5 * Math.round((perMillion * 300 * 86_400) / 1e6 / 5);
  expect(runbook).toContain(`300 requests a second cost about ${cost} dollars a day`);
});

it('the threat model has a row on the cost of a flood of /health or malformed bodies, at the prices of docs/cost.md', () => {
  const millionsADay = (900 * 86_400) / 1e6;
  const gateway = millionsADay * priceOf(/\| API Gateway, HTTP API \| (?<dollars>[\d.]+) \|/);
  const requests = millionsADay * priceOf(/\| (?<dollars>[\d.]+) for the requests,/);
  const accessLog = millionsADay * priceOf(/\| CloudWatch Logs \| (?<dollars>[\d.]+) \|/);
  const cost = Math.round((gateway + requests + accessLog) / 10) * 10;
  const row = threatModel.split('\n').find((line) => line.startsWith('| 900 requests a second to `/health`'));
  expect(row).toContain(
    `about ${cost} dollars: ${Math.round(gateway)} at the gateway, ${Math.round(requests)} for Lambda`,
  );
  expect(row).toContain(`${Math.round(accessLog)} for the access log`);
  for (const name of ['RequestRateHigh', 'ClientErrorRateHigh', 'reservedConcurrency', 'AWS budget']) {
    expect(row).toContain(name);
  }
  expect(readPage('docs/operating.md')).toMatch(new RegExp(`malformed bodies, cost about ${cost} dollars a day`));
  expect(readme).toContain(`[about ${cost} dollars a day](`);
});
