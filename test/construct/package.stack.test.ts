import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { openOutput } from '../lib/synthesis.ts';
import { Synthesized, theStack } from '../lib/synthesized.ts';
import { filesIn, installInto, packAndUnpack, run } from './a-package.ts';
import { describeDeployingPage } from './deploying-page.cases.ts';

const folder = packAndUnpack();

/** What a user writes. */
const APP = `import { App, Stack } from 'aws-cdk-lib';
import { HeartbeatRelay } from 'swf-heartbeat-relay';

const app = new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });
const stack = new Stack(app, 'Mine', { env: { region: 'eu-west-1' } });
new HeartbeatRelay(stack, 'Relay', { domains: { orders: {}, billing: {} } });
app.synth();
`;

/** What the compiler must refuse. It would accept each line if the types were missing. */
const MISTAKES = `import { HeartbeatRelay, HeartbeatRelayStack, type HeartbeatRelayProps } from 'swf-heartbeat-relay';

// @ts-expect-error: the domains are missing
const without: HeartbeatRelayProps = {};
// @ts-expect-error: not a setting
const unknown: HeartbeatRelayProps = { domains: { orders: { tier: 1 } } };
// @ts-expect-error: an ARN instead of a topic
const arn: HeartbeatRelayProps = { domains: {}, alarmTopic: 'arn:aws:sns:eu-west-1:111122223333:on-call' };
export const relayOf = (stack: HeartbeatRelayStack): HeartbeatRelay => stack.relay;
// @ts-expect-error: a URL is a text
export const url = (relay: HeartbeatRelay): number => relay.url;
export { without, unknown, arn };
`;

const COMPILER = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const TYPES = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));
/** Without `--skipLibCheck`: it would hide a declaration of the package that imports what the app does not have. */
const OPTIONS = [
  '--noEmit',
  '--strict',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--typeRoots',
  TYPES,
  '--types',
  'node',
];

describe('the package', () => {
  it('contains JavaScript, types and the function’s bundle: no sources, no tests, no local stack', () => {
    expect(filesIn(folder)).toEqual([
      'LICENSE',
      'README.md',
      'dist/canary/index.mjs',
      'dist/function/index.mjs',
      'dist/index.js',
      'dist/types/lambda/environment/environment.d.ts',
      'dist/types/lib/heartbeat-relay-props.d.ts',
      'dist/types/lib/heartbeat-relay.d.ts',
      'dist/types/lib/index.d.ts',
      'dist/types/lib/relay-stack.d.ts',
      'dist/types/lib/role-naming.d.ts',
      'dist/types/lib/settings-error.d.ts',
      'package.json',
    ]);
  });

  it('has the version of the project, depends on nothing but CDK, and runs no script when it is installed', () => {
    const own = z
      .looseObject({ version: z.string(), scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    const { version } = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
    expect(own.version).toBe(version);
    expect(Object.keys(own.scripts)).toEqual(['prepack']);
    expect(own).not.toHaveProperty('dependencies');
    expect(Object.keys(z.record(z.string(), z.string()).parse(own['peerDependencies']))).toEqual([
      'aws-cdk-lib',
      'constructs',
    ]);
  });
});

describe('an app that has nothing installed but the package and CDK', () => {
  const app = openOutput();
  installInto(app, folder);
  const outdir = join(app, 'cdk.out');
  writeFileSync(join(app, 'app.mts'), APP);
  run(process.execPath, ['app.mts'], app, { HOME: app, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' });
  const mine = new Synthesized(JSON.parse(readFileSync(join(outdir, 'Mine.template.json'), 'utf8')));

  it('synthesizes the relay, offline and without esbuild', async () => {
    const types = (stack: Synthesized) => Object.values(stack.resources).map(({ Type }) => Type);
    expect(types(mine).sort()).toEqual(types(await theStack()).sort());
  });

  it('deploys the very bundle of the package', () => {
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
    const bundles = assets.map((asset) => read(outdir, asset, 'index.mjs'));
    expect(bundles).toEqual([read(folder, 'dist/function/index.mjs')]);
  });

  it('configures the function as this project’s own app does', async () => {
    const {
      Code: _mine,
      Environment: _a,
      Role: _r,
      LoggingConfig: _l,
      ...own
    } = mine.get('AWS::Lambda::Function').Properties;
    expect((await theStack()).get('AWS::Lambda::Function').Properties).toMatchObject(own);
  });

  it('compiles, and the compiler refuses mistakes', () => {
    writeFileSync(join(app, 'mistakes.mts'), MISTAKES);
    expect(run(process.execPath, [COMPILER, ...OPTIONS, 'app.mts', 'mistakes.mts'], app)).toBe('');
  });
});

describe('docs/deploying.md', () => {
  describeDeployingPage();
});
