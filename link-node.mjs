// npm runs this after it changed node_modules, on whatever Node the machine has. npm 10 drops the link to the project's own
// Node 24 when it leaves out the build for the other processor, so it is made again here; npm 11 keeps it.
import { existsSync, symlinkSync } from 'node:fs';

const target = `../node-linux-${process.arch}/bin/node`;
const bin = new URL('node_modules/.bin/', import.meta.url);
const link = new URL('node', bin);
const brought = process.platform === 'linux' && existsSync(new URL(target, bin));
if (brought && !existsSync(link)) symlinkSync(target, link);
if (!brought && Number.parseInt(process.versions.node, 10) < 24) {
  console.warn(
    `This project needs Node 24. npm brings it on Linux (x64 and arm64) as an optional dependency; here is only ${process.version}.`,
  );
}
