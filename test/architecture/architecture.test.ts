import { describe, expect, it } from 'vitest';

import { findImports } from './imports.ts';
import { DECISION_FILES, findForbidden, findImpurities } from './rules.ts';
import { isSource, openWorkingTree, SOURCE_FOLDERS } from './sources.ts';
import { toStructure } from './structure.ts';

const MAX_LINES = 200;

const { files: everything, read } = openWorkingTree();
const typescript = everything.filter((file) => file.endsWith('.ts'));
const sources = everything.filter(isSource);
const importsIn = (file: string, text = read(file)) => findImports(file, text);

const toLines = (imports: ReturnType<typeof findImports>): string[] =>
  imports.map(({ file, specifier }) => `${file} → ${specifier}`);

describe('imports go one way', () => {
  it.each(SOURCE_FOLDERS)('in %s/', (folder) => {
    const files = sources.filter((file) => file.startsWith(`${folder}/`));
    expect(files).not.toEqual([]);
    expect(toLines(findForbidden(files.flatMap((file) => importsIn(file))))).toEqual([]);
  });

  it.each([
    { file: 'bin/a.ts', text: `import { a } from '../lambda/app.ts';` },
    { file: 'construct/a.mts', text: `import { a } from '../lib/heartbeat-relay.ts';` },
    { file: 'construct/a.mts', text: `import { App } from 'aws-cdk-lib';` },
    { file: 'lib/a.ts', text: `import { a } from '../construct/copy-types.mts';` },
    { file: 'lib/a.ts', text: `import { a } from '../lambda/workers/grant.ts';` },
    { file: 'lib/a.ts', text: `import { a } from '../local/assembly.ts';` },
    { file: 'lib/a.ts', text: `import { a } from '../cli/options.ts';` },
    { file: 'lambda/index.ts', text: `import { a } from './tasks/find-task.ts';` },
    { file: 'lambda/prime.ts', text: `import { a } from '@aws-sdk/client-swf';` },
    { file: 'lambda/dependencies.ts', text: `import { a } from '@aws-sdk/client-dynamodb';` },
    { file: 'lambda/app.ts', text: `import { a } from './aws/swf.ts';` },
    { file: 'lambda/app.ts', text: `import type { A } from './log/metrics.ts';` },
    { file: 'lambda/app.ts', text: `import { a } from './dependencies.ts';` },
    { file: 'lambda/app.ts', text: `import { a } from '@aws-sdk/client-swf';` },
    { file: 'lambda/environment/environment.ts', text: `import { a } from '../http/errors.ts';` },
    { file: 'lambda/environment/parse-environment.ts', text: `import { a } from '../http/errors.ts';` },
    { file: 'lambda/bounded-map.ts', text: `import { a } from 'node:crypto';` },
    { file: 'lambda/share/a.ts', text: `import type { A } from '../http/errors.ts';` },
    { file: 'lambda/share/a.ts', text: `import type { A } from '../tasks/task-state.ts';` },
    { file: 'lambda/http/a.ts', text: `import type { A } from '../workers/proof.ts';` },
    { file: 'lambda/http/a.ts', text: `import type { A } from '../tasks/heartbeat.ts';` },
    { file: 'lambda/http/a.ts', text: `import type { A } from '../aws/swf.ts';` },
    { file: 'lambda/http/a.ts', text: `import type { A } from '../environment/environment.ts';` },
    { file: 'lambda/workers/a.ts', text: `import type { A } from '../tasks/heartbeat.ts';` },
    { file: 'lambda/workers/a.ts', text: `import { type A, a } from '../aws/kms.ts';` },
    { file: 'lambda/workers/a.ts', text: `import type { A } from '@aws-sdk/client-kms';` },
    { file: 'lambda/workers/a.ts', text: `import type { A } from '../app.ts';` },
    { file: 'lambda/workers/a.ts', text: `import { a } from 'node:fs';` },
    { file: 'lambda/tasks/a.ts', text: `import { a } from '../aws/swf.ts';` },
    { file: 'lambda/tasks/a.ts', text: `import type { A } from '../index.ts';` },
    { file: 'lambda/tasks/a.ts', text: `import { a } from '../../lib/settings.ts';` },
    { file: 'lambda/tasks/a.ts', text: `import type { A } from '@aws-sdk/client-swf';` },
    { file: 'lambda/tasks/a.ts', text: `export {\n  a,\n} from '../aws/swf.ts';` },
    { file: 'lambda/tasks/a.ts', text: `export type { A } from '../log/metrics.ts';` },
    { file: 'lambda/tasks/a.ts', text: `const a = await import('../aws/swf.ts');` },
    { file: 'lambda/log/a.ts', text: `import type { A } from '../workers/proof.ts';` },
    { file: 'lambda/log/a.ts', text: `import { a } from '@aws-sdk/client-swf';` },
    { file: 'lambda/aws/a.ts', text: `import { a } from '../app.ts';` },
    { file: 'lambda/aws/a.ts', text: `import type { A } from '../log/metrics.ts';` },
    { file: 'lambda/aws/a.ts', text: `import { Agent } from 'node:http';` },
    { file: 'cli/a.ts', text: `import { a } from '../lambda/aws/swf.ts';` },
    { file: 'cli/a.ts', text: `import { a } from '../lambda/http/errors.ts';` },
    { file: 'operator/a.ts', text: `import { a } from '../cli/options.ts';` },
    { file: 'operator/a.ts', text: `import { a } from '../local/connection.ts';` },
    { file: 'operator/a.ts', text: `import { a } from '../lambda/aws/swf.ts';` },
    { file: 'local/a.ts', text: `import type { A } from '../cli/terminal.ts';` },
    { file: 'cli/a.ts', text: `import { a } from 'aws-cdk-lib';` },
    { file: 'local/a.ts', text: `import type { A } from '../lambda/environment/environment.ts';` },
    { file: 'local/aws/a.ts', text: `import '../../lambda/index.ts';` },
    { file: 'local/a.ts', text: `import { a } from '../bin/heartbeat-relay.ts';` },
    { file: 'worker/a.ts', text: `import { a } from '../cli/options.ts';` },
    { file: 'simulate/a.ts', text: `import { a } from '../lambda/tasks/record-heartbeat.ts';` },
    { file: 'simulate/a.ts', text: `import { a } from '../local/aws/swf/local-swf.ts';` },
    { file: 'worker/a.ts', text: `import { a } from '@aws-sdk/client-swf';` },
    { file: 'pictures/a.ts', text: `import { a } from '../lambda/tasks/record-heartbeat.ts';` },
    { file: 'pictures/a.ts', text: `import { a } from '../test/e2e/a-stack.ts';` },
  ])('$file may not say $text', ({ file, text }) => {
    const imports = importsIn(file, text);
    expect(imports).toHaveLength(1);
    expect(findForbidden(imports)).toEqual(imports);
  });
});

describe('the function by subject', () => {
  const imports = sources.flatMap((file) => importsIn(file));
  const lambda = sources.filter((file) => file.startsWith('lambda/'));

  it('has no cycle among its units', () => {
    expect(toStructure('lambda', lambda, imports).cycles).toEqual([]);
  });

  it('would see a cycle, type imports included, and put the units on levels', () => {
    const texts = new Map([
      ['lambda/app.ts', `import { a } from './tasks/a.ts';`],
      ['lambda/tasks/a.ts', `import type { A } from '../http/a.ts';\nimport { b } from './b.ts';`],
      ['lambda/tasks/b.ts', `import { c } from '../c.ts';`],
      ['lambda/http/a.ts', `export type { A } from '../tasks/b.ts';`],
      ['lambda/c.ts', `import { d } from 'node:crypto';`],
    ]);
    const found = [...texts].flatMap(([file, text]) => findImports(file, text));
    expect(toStructure('lambda', [...texts.keys()], found)).toEqual({
      levels: [['c.ts'], ['http/', 'tasks/'], ['app.ts']],
      dependencies: ['app.ts → tasks/', 'http/ → tasks/', 'tasks/ → c.ts', 'tasks/ → http/'],
      cycles: [['tasks/', 'http/']],
    });
  });

  it('has at most six files at its root', () => {
    expect(lambda.filter((file) => /^lambda\/[^/]+$/.test(file)).length).toBeLessThanOrEqual(6);
  });

  it('imports an SDK in aws/ alone', () => {
    const importers = imports.filter(({ target }) => /^@(?:aws-sdk|smithy)\//.test(target)).map(({ file }) => file);
    expect(importers.filter((file) => file.startsWith('lambda/') && !file.startsWith('lambda/aws/'))).toEqual([]);
  });

  it('names every file in share/, workers/ and tasks/ that decides something', () => {
    expect(lambda.filter((file) => /^lambda\/(?:share|workers|tasks)\//.test(file))).toEqual(DECISION_FILES);
  });

  it.each(DECISION_FILES)('%s reads no clock, chance, environment or network', (file) => {
    expect(findImpurities(read(file))).toEqual([]);
  });

  it.each(['Date.now()', 'new Date()', 'process.env', 'Math.random()', 'setTimeout(f)', 'crypto.getRandomValues(a)'])(
    'would see %s in one',
    (code) => {
      expect(findImpurities(`const a = ${code};`)).toHaveLength(1);
    },
  );
});

describe('the layout', () => {
  it('has no folder that says nothing of what is in it', () => {
    const vague = /(?:^|\/)(?:utils?|common|types|helpers?|misc|shared)\//;
    expect(everything.filter((file) => vague.test(file))).toEqual([]);
  });

  it('has default exports only where a tool asks for them', () => {
    const ours = typescript.filter((file) => !/\.(?:config|d)\.ts$/.test(file));
    const isDefault = /^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m;
    expect(ours.filter((file) => isDefault.test(read(file)))).toEqual([]);
  });

  it('has no file that only hands on what others export', () => {
    const isBarrel = (file: string): boolean => {
      const code = read(file).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
      const left = code
        .replaceAll(/^export\s[^;'"]*\bfrom\s*['"][^'"]+['"];?/gm, '')
        .replaceAll(/^import\s[^;]*;/gm, '');
      return code !== left && left.trim() === '';
    };
    // What the published package exports, and nothing else.
    expect(typescript.filter(isBarrel)).toEqual(['lib/index.ts']);
    const handsOn = typescript.filter((file) => /^export\s+\*/m.test(read(file)));
    expect(handsOn).toEqual([]);
  });

  it(`has no source file of more than ${MAX_LINES} lines`, () => {
    const lengths = sources.map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });
});

describe('the project stands by itself', () => {
  it('imports nothing from outside of its folder', () => {
    const outside = typescript.flatMap((file) => importsIn(file)).filter(({ target }) => target.startsWith('..'));
    expect(outside.map(({ file, specifier }) => `${file} → ${specifier}`)).toEqual([]);
  });

  it('links to nothing outside of its folder', () => {
    const mentions = everything.flatMap((file) =>
      [...read(file).matchAll(/(?:\.\.\/)+shared\b/g)].map(([path]) => `${file} → ${path}`),
    );
    expect(mentions).toEqual([]);
  });
});
