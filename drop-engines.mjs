// Takes the `engines` of packages out of package-lock.json. npm compares them with the Node that it runs on itself, and the
// scripts run on the project's own: see docs/decisions/0009-npm-ci-without-engine-warnings.md. npm runs this after every
// change to node_modules; after `npm install --package-lock-only` or `--ignore-scripts`, run it by hand.
import { readFileSync, writeFileSync } from 'node:fs';

// `npm ci` leaves the lockfile as it is, so that a gate sees what was committed.
if (process.env.npm_command !== 'ci') {
  const file = new URL('package-lock.json', import.meta.url);
  const before = readFileSync(file, 'utf8');
  const lock = JSON.parse(before);
  for (const [path, entry] of Object.entries(lock.packages)) if (path !== '') delete entry.engines;
  const after = `${JSON.stringify(lock, null, 2)}\n`;
  if (after !== before) writeFileSync(file, after);
}
