/** `npm run bench`: measures the relay against its limits, in the same run. */
import { parseArgs } from 'node:util';

import { profileWarmBeat } from './measure/profile.ts';
import { measureAll, type Measurements } from './measurements.ts';
import { toProfileTable, writeProfile, writeRun } from './report/document.ts';
import { toJson } from './report/json.ts';
import { toTables } from './report/table.ts';
import { FULL, QUICK } from './rounds.ts';
import { isReached, ROOM, toTargets } from './targets.ts';
import { setUp } from './workbench.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

async function profile(): Promise<void> {
  const bench = await setUp();
  try {
    const rows = await profileWarmBeat(bench);
    if (options.write) writeProfile(rows);
    console.log(toProfileTable(rows));
  } finally {
    await bench.close();
  }
}

/** Counts and bytes are held to their limits exactly, times with room for noise. */
function check(measurements: Measurements): void {
  const targets = toTargets(measurements);
  const missed = targets.filter((target) => !isReached(target));
  for (const { what, measured, must, isA, isExact } of missed) {
    const room = isExact ? '' : `, with ${ROOM * 100} % of room`;
    console.log(`MISSED ${what}: ${measured.median.toPrecision(3)}, at ${isA} ${must}${room}`);
  }
  console.log(`${targets.length - missed.length} passed, ${missed.length} failed`);
  if (missed.length > 0) process.exitCode = 1;
}

async function run(): Promise<void> {
  const measurements = await measureAll(options.check ? QUICK : FULL);
  if (options.write) writeRun(measurements, Date.now());
  console.log(options.json ? toJson(measurements) : toTables(measurements));
  if (options.check) check(measurements);
}

await (options.profile ? profile() : run());
