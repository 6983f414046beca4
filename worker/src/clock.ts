import { readFileSync } from 'node:fs';

/** Milliseconds of a clock that never jumps, and that counts while the machine sleeps. All threads share it. */
export type Clock = () => number;

const UPTIME = '/proc/uptime';
const MS = 1_000;
const NS_PER_MS = 1e6;

/**
 * Linux stops Node's own clock while the machine sleeps, but not `/proc/uptime`. On macOS and Windows Node's clock goes
 * on.
 */
export const now: Clock = Number.isNaN(readUptimeMs()) ? readNodeClockMs : readUptimeOrGoOn();

/** The file needs a descriptor, and a process may run out of them. */
function readUptimeOrGoOn(): Clock {
  let offsetMs = readUptimeMs() - readNodeClockMs();
  return () => {
    const uptimeMs = readUptimeMs();
    if (Number.isNaN(uptimeMs)) return readNodeClockMs() + offsetMs;
    offsetMs = uptimeMs - readNodeClockMs();
    return uptimeMs;
  };
}

function readNodeClockMs(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}

/** NaN if the file cannot be read. */
function readUptimeMs(): number {
  try {
    return Number.parseFloat(readFileSync(UPTIME, 'latin1')) * MS;
  } catch {
    return Number.NaN;
  }
}
