#!/usr/bin/env node
// The program's entry. It is plain JavaScript so that a Node too old for the rest can still say what to do.
import { existsSync } from 'node:fs';

const NEEDED_MAJOR = 24;
const ownNode = new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url);

if (Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR) {
  const fix = existsSync(ownNode)
    ? 'run `node link-node.mjs`, then start again with npm or npx'
    : `install Node ${NEEDED_MAJOR}, then start again`;
  process.stderr.write(`heartbeat-relay needs Node ${NEEDED_MAJOR} and this is ${process.version}: ${fix}\n`);
  process.exitCode = 1;
} else {
  const { run } = await import('./main.ts');
  const { ProcessTerminal } = await import('./process-terminal.ts');
  process.exitCode = await run(process.argv.slice(2), new ProcessTerminal());
}
