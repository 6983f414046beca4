import type { KitRow } from '../kit/measure-kit.ts';

const HEADER =
  '| 500 tasks, T = 30 s | processes | CPU, ms a second | memory, MiB | requests a second |\n|---|---|---|---|---|\n';

export const toKitTable = (rows: readonly KitRow[]): string =>
  HEADER +
  rows
    .map(
      ({ how, processes, cpuMsPerSecond, memoryMib, requestsPerSecond }) =>
        `| ${how} | ${processes} | ${cpuMsPerSecond.toFixed(0)} | ${memoryMib.toFixed(0)} | ${requestsPerSecond.toFixed(1)} |`,
    )
    .join('\n');
