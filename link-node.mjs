// Runs after `npm ci`, on whatever Node the machine has. npm 10 drops the link to the project's own Node 24 when it leaves
// out the build for the other processor, so it is made again here; npm 11 keeps it.
import { existsSync, symlinkSync } from 'node:fs';

const target = `../node-linux-${process.arch}/bin/node`;
const bin = new URL('node_modules/.bin/', import.meta.url);
const link = new URL('node', bin);
if (process.platform === 'linux' && existsSync(new URL(target, bin)) && !existsSync(link)) symlinkSync(target, link);
