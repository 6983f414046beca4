import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['bin', 'lib', 'lambda', 'cli', 'local', 'examples', 'bench'];
const MAX_LINES = 200;

/** One import or re-export of a file. Where the import is relative, `target` is a path seen from the project's folder. */
interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly target: string;
  readonly isTypeOnly: boolean;
}

/** What is no part of the project's own text: packages, and what its commands leave behind. */
const FOREIGN: ReadonlySet<string> = new Set(['node_modules', '.git', '.local', 'cdk.out', 'coverage']);

/** Every file of the project by its path seen from the project's folder, with forward slashes. */
function listFiles(): string[] {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !FOREIGN.has(name));
  const files = folders.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, withFileTypes: true }).filter((inner) => inner.isFile())
      : [entry],
  );
  return files.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')).sort();
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The formatter starts a line with each of these statements; a dynamic import may stand anywhere. */
const STATEMENT =
  /^[ \t]*(?:import|export)\b(?<type>\s+type\b)?(?:[^;'"]*?\bfrom)?\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm;
const DYNAMIC = /\bimport\(\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/g;

function importsIn(file: string, text = read(file)): Import[] {
  return [...text.matchAll(STATEMENT), ...text.matchAll(DYNAMIC)].map(({ groups }) => {
    const { specifier = '', type } = groups ?? {};
    const target = specifier.startsWith('.')
      ? normalize(join(dirname(file), specifier))
          .split(sep)
          .join('/')
      : specifier;
    return { file, specifier, target, isTypeOnly: type !== undefined };
  });
}

interface Rule {
  /** Which files of the project it is for. */
  readonly from: RegExp;
  /** What they may import: paths seen from the project's folder, and packages. */
  readonly may: RegExp;
  /** What they may import besides, where only types come in. */
  readonly mayTypes?: RegExp;
}

const PACKAGE = '(?![./])(?!bin/|lib/|lambda/|cli/|local/|examples/|bench/|test/)';
const LAMBDA_ROOT = String.raw`lambda/(?!index\.|dependencies\.|prime\.|app\.)[\w-]+\.ts`;
const CDK = 'aws-cdk-lib|constructs|cdk-nag';

const RULES: readonly Rule[] = [
  { from: /^bin\//, may: /^lib\// },
  { from: /^lib\//, may: new RegExp(`^(?:lib/|lambda/environment\\.ts$|node:|zod$|(?:${CDK})(?:/|$))`) },
  {
    from: /^lambda\/(?:index|prime|dependencies)\.ts$/,
    may: new RegExp(
      `^(?:${LAMBDA_ROOT}$|lambda/(?:app|dependencies|prime)\\.ts$|lambda/adapters/|lambda/core/|@aws-sdk/|@smithy/|node:crypto$)`,
    ),
    mayTypes: /^aws-lambda$/,
  },
  {
    from: /^lambda\/app\.ts$/,
    may: new RegExp(`^(?:${LAMBDA_ROOT}$|lambda/(?:middleware|routes|core)/|@middy/core$)`),
  },
  { from: /^lambda\/environment\.ts$/, may: /^node:crypto$/ },
  { from: /^lambda\/errors\.ts$/, may: /^(?!)/ },
  {
    from: new RegExp(`^(?!lambda/(?:environment|errors))${LAMBDA_ROOT}$`),
    may: new RegExp(`^(?:${LAMBDA_ROOT}$|lambda/core/|node:)`),
    mayTypes: /^lambda\/(?:middleware|routes)\//,
  },
  {
    from: /^lambda\/(?:middleware|routes)\//,
    may: new RegExp(`^(?:${LAMBDA_ROOT}$|lambda/(?:middleware|routes|core)/|@middy/core$)`),
    mayTypes: /^aws-lambda$/,
  },
  {
    from: /^lambda\/adapters\//,
    may: new RegExp(
      `^(?:${LAMBDA_ROOT}$|lambda/(?:adapters|core)/|@aws-sdk/|@smithy/|@aws-lambda-powertools/|node:(?:crypto|https|async_hooks)$)`,
    ),
    mayTypes: /^(?:lambda\/(?:middleware|routes)\/|node:http$)/,
  },
  {
    from: /^lambda\/core\//,
    may: /^(?:lambda\/core\/|lambda\/errors\.ts$|node:crypto$)/,
    mayTypes: /^lambda\/(?:environment|http)\.ts$/,
  },
  {
    from: /^cli\//,
    may: new RegExp(
      `^(?:cli/|lambda/core/|lambda/environment\\.ts$|lambda/adapters/(?:kms|worker-keys)\\.ts$|(?!${CDK})${PACKAGE})`,
    ),
  },
  { from: /^local\//, may: new RegExp(`^(?:local/|lib/|cli/|(?!${CDK})${PACKAGE})`) },
  { from: /^examples\//, may: /^node:/ },
];

/** What breaks the rules, as `file → specifier`. */
function trespasses(imports: readonly Import[]): string[] {
  return imports
    .filter(({ file, target, isTypeOnly }) => {
      const rule = RULES.find(({ from }) => from.test(file));
      const isAllowed = rule === undefined || rule.may.test(target) || (isTypeOnly && rule.mayTypes?.test(target));
      return isAllowed !== true;
    })
    .map(({ file, specifier }) => `${file} → ${specifier}`);
}

const everything = listFiles();
const typescript = everything.filter((file) => file.endsWith('.ts'));
const scripts = everything.filter((file) => /^examples\/.*\.mjs$/.test(file));
const sources = [...typescript, ...scripts].filter((file) => SOURCES.some((folder) => file.startsWith(`${folder}/`)));

describe('imports go one way', () => {
  it.each(SOURCES)('in %s/', (folder) => {
    const files = sources.filter((file) => file.startsWith(`${folder}/`));
    expect(trespasses(files.flatMap((file) => importsIn(file)))).toEqual([]);
  });

  it('and no import escapes the look', () => {
    const isSeen = (file: string, line: string): boolean =>
      importsIn(file).some(({ specifier }) => line.endsWith(`'${specifier}';`));
    const lines = sources.flatMap((file) =>
      (read(file).match(/^.* from '.*';$/gm) ?? []).map((line) => ({ file, line })),
    );
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter(({ file, line }) => !isSeen(file, line))).toEqual([]);
  });

  it.each([
    { file: 'bin/a.ts', text: `import { a } from '../lambda/app.ts';` },
    { file: 'lib/a.ts', text: `import { a } from '../lambda/workers/grant.ts';` },
    { file: 'lib/a.ts', text: `import { a } from '../local/assembly.ts';` },
    { file: 'lib/a.ts', text: `import { a } from '../cli/usage.ts';` },
    { file: 'lambda/index.ts', text: `import { a } from './routes/find-task.ts';` },
    { file: 'lambda/app.ts', text: `import { a } from './adapters/swf.ts';` },
    { file: 'lambda/app.ts', text: `import { a } from '@aws-sdk/client-swf';` },
    { file: 'lambda/environment.ts', text: `import { a } from './errors.ts';` },
    { file: 'lambda/route.ts', text: `import { a } from './app.ts';` },
    { file: 'lambda/route.ts', text: `import { type A, a } from './middleware/limits.ts';` },
    { file: 'lambda/middleware/a.ts', text: `import { a } from '../adapters/swf.ts';` },
    { file: 'lambda/middleware/a.ts', text: `import type { A } from '../index.ts';` },
    { file: 'lambda/routes/a.ts', text: `import { a } from '../../lib/settings.ts';` },
    { file: 'lambda/adapters/a.ts', text: `import { a } from '../app.ts';` },
    { file: 'lambda/adapters/a.ts', text: `import { a } from '../routes/find-task.ts';` },
    { file: 'lambda/core/a.ts', text: `import { a } from '../environment.ts';` },
    { file: 'lambda/core/a.ts', text: `import type { A } from '../route.ts';` },
    { file: 'lambda/core/a.ts', text: `import type { A } from '../adapters/swf.ts';` },
    { file: 'lambda/core/a.ts', text: `import { a } from 'node:fs';` },
    { file: 'lambda/core/a.ts', text: `import type { A } from '@aws-sdk/client-swf';` },
    { file: 'lambda/core/a.ts', text: `export {\n  a,\n} from '../trace.ts';` },
    { file: 'lambda/core/a.ts', text: `const a = await import('../trace.ts');` },
    { file: 'cli/a.ts', text: `import { a } from '../lambda/aws/swf.ts';` },
    { file: 'cli/a.ts', text: `import { a } from '../lambda/http/errors.ts';` },
    { file: 'cli/a.ts', text: `import { a } from '../local/start.ts';` },
    { file: 'cli/a.ts', text: `import { a } from 'aws-cdk-lib';` },
    { file: 'local/a.ts', text: `import type { A } from '../lambda/environment.ts';` },
    { file: 'local/aws/a.ts', text: `import '../../lambda/index.ts';` },
    { file: 'local/a.ts', text: `import { a } from '../bin/heartbeat-relay.ts';` },
    { file: 'examples/a.ts', text: `import { a } from '../cli/usage.ts';` },
    { file: 'examples/a.ts', text: `import { a } from '@aws-sdk/client-swf';` },
  ])('$file may not say $text', ({ file, text }) => {
    const specifier = /'(?<path>.*)'/.exec(text)?.groups?.['path'];
    expect(trespasses(importsIn(file, text))).toEqual([`${file} → ${specifier}`]);
  });
});

describe('the core is pure', () => {
  it.each(sources.filter((file) => file.startsWith('lambda/core/')))(
    '%s asks no clock, chance or environment',
    (file) => {
      const impure =
        /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bprocess\.|\bMath\.random\b|\bconsole\b|\bfetch\(|\bsetTimeout\b/g;
      expect(read(file).match(impure) ?? []).toEqual([]);
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
    expect(typescript.filter(isBarrel)).toEqual([]);
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
