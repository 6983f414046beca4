import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { packageFile, run } from '../construct/a-package.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { Synthesized } from '../lib/synthesized.ts';

const NODES = { 22: '22.23.5', 24: '24.21.0' } as const;
type Major = keyof typeof NODES;

/** What a user writes: six lines. */
const APP = `import { App, Stack } from 'aws-cdk-lib';
import { HeartbeatRelay } from 'swf-heartbeat-relay';
const app = new App();
const stack = new Stack(app, 'Orders', { env: { region: 'eu-west-1' } });
new HeartbeatRelay(stack, 'Relay', { domains: { orders: {} } });
app.synth();
`;

/** Loaded before the app: no network, and at the end the seconds that a processor worked. */
const OFFLINE = `import { Socket } from 'node:net';
Socket.prototype.connect = () => { throw new Error('the synthesis used the network'); };
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ node: process.versions.node, seconds: (user + system) / 1e6 }));
});
`;

const USED = z.strictObject({ node: z.string(), seconds: z.number() });

const folder = new AFolder();
const app = folder.path;
beforeAll(() => {
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'orders', private: true }));
  // As `cdk init` asks for, and both versions of Node under names of their own.
  const nodes = Object.entries(NODES).map(
    ([major, version]) => `node${major}@npm:node-linux-${process.arch}@${version}`,
  );
  const packages = [
    packageFile(),
    'aws-cdk-lib@2.276.0',
    'constructs@10.8.1',
    'typescript@5.9.3',
    '@types/node@24.19.2',
  ];
  run('npm', ['install', '--no-audit', '--no-fund', '--no-bin-links', '--silent', ...packages, ...nodes], app);
  writeFileSync(join(app, 'app.ts'), APP);
  writeFileSync(join(app, 'offline.mjs'), OFFLINE);
});
afterAll(() => folder[Symbol.dispose]());

const nodeOf = (major: Major): string => join(app, `node_modules/node${major}/bin/node`);

describe('the package, installed with npm into an empty folder', () => {
  it('brings nothing along but what the app asks for', () => {
    expect(existsSync(join(app, 'node_modules/esbuild'))).toBe(false);
    expect(existsSync(join(app, 'node_modules/swf-heartbeat-relay/node_modules'))).toBe(false);
  });

  it('has complete types: the compiler of a TypeScript app accepts them without skipping any', () => {
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--outDir', 'js', 'app.ts'];
    expect(run(nodeOf(24), ['node_modules/typescript/bin/tsc', ...options], app)).toBe('');
  });

  it.each([22, 24] as const)('synthesizes on Node %d offline, with less than 20 s of work', (major) => {
    const outdir = join(app, `out-${major}`);
    const printed = run(nodeOf(major), ['--import', './offline.mjs', 'js/app.js'], app, {
      HOME: app,
      CDK_OUTDIR: outdir,
    });
    const { node, seconds } = USED.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
    expect(node).toBe(NODES[major]);
    expect(seconds).toBeLessThan(20);
    const template = new Synthesized(JSON.parse(readFileSync(join(outdir, 'Orders.template.json'), 'utf8')));
    expect(Object.keys(template.outputs)).toContain('RelayUrl');
  });
});
