import { afterEach, expect, it, vi } from 'vitest';

import { fromAddress } from '../lambda/test-app.ts';
import { aLoggingContainer } from '../lambda/log/written-lines.ts';
import { readPage } from './recordings.ts';

afterEach(() => vi.restoreAllMocks());

/** CloudWatch Logs bills 26 bytes for each line in addition (API reference, PutLogEvents). */
const OVERHEAD_BYTES = 26;
const DOLLARS_PER_GB = 0.5;

const lineOf = (code: string, written: readonly string[]): string =>
  written.find((line) => line.includes(`"code":"${code}"`)) ?? '';

const ROW =
  /\| CloudWatch Logs, use of keys \| (?<usual>\d\.\d\d) \| a `KeyUsed` line of about (?<bytes>\d+) bytes .*one in ten heartbeats.*at most (?<most>\d\.\d\d)/;

it('docs/cost.md states what the lines about the use of keys cost per million heartbeats', async () => {
  const { backends, call, written } = aLoggingContainer();
  await call(fromAddress('198.51.100.107'));
  await call(fromAddress('203.0.113.109'));
  backends.nowMs += 5 * 60_000;
  await call();
  const bytes = Buffer.byteLength(lineOf('KeyUsed', written)) + OVERHEAD_BYTES;
  const row = ROW.exec(readPage('docs/cost.md'))?.groups;
  expect(Math.abs(Number(row?.['bytes']) - bytes)).toBeLessThan(60);
  const dollarsPerMillionLines = (Number(row?.['bytes']) * 1e6 * DOLLARS_PER_GB) / 1e9;
  expect(Number(row?.['most'])).toBeCloseTo(dollarsPerMillionLines, 2);
  expect(Number(row?.['usual'])).toBeCloseTo(dollarsPerMillionLines / 10, 2);
});

const SUMS_ROW =
  /\| CloudWatch Logs, fair share \| 0\.00 \| a `HeartbeatsSummed` line of about (?<bytes>\d+) bytes .*at most (?<most>\d\.\d\d)/;

it('docs/cost.md states what the lines with the sums of heartbeats cost per million heartbeats', async () => {
  const { backends, call, written } = aLoggingContainer();
  await call();
  backends.nowMs += 60_000;
  await call();
  const bytes = Buffer.byteLength(lineOf('HeartbeatsSummed', written)) + OVERHEAD_BYTES;
  const row = SUMS_ROW.exec(readPage('docs/cost.md'))?.groups;
  expect(Math.abs(Number(row?.['bytes']) - bytes)).toBeLessThan(60);
  expect(Number(row?.['most'])).toBeCloseTo((Number(row?.['bytes']) * 1e6 * DOLLARS_PER_GB) / 1e9, 2);
});
