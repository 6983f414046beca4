import { readdirSync, readFileSync } from 'node:fs';

/** What processes have used so far. */
export interface Use {
  readonly cpuMs: number;
  /** The memory of the processes, with what they share counted once. */
  readonly memoryBytes: number;
}

/** Linux counts in these. */
const TICK_MS = 10;
const KIB = 1_024;

/** @param pids with all their descendants. */
export function toUse(pids: readonly number[]): Use {
  const uses = withDescendants(pids).map((pid) => ({ cpuMs: readCpuMs(pid), memoryBytes: readMemoryBytes(pid) }));
  return {
    cpuMs: uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryBytes: uses.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

function withDescendants(pids: readonly number[]): readonly number[] {
  const children = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    ),
  );
  return children.length === 0 ? pids : [...pids, ...withDescendants(children)];
}

/** The 14th and 15th field; the second one may contain spaces. */
function readCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function readMemoryBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(?<kib>\d+) kB/m.exec(rollup)?.groups?.['kib']) * KIB;
}
