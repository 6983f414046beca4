import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const readJson = (file: string): unknown => JSON.parse(readFileSync(`${ROOT}${file}`, 'utf8'));

const Entry = z.object({
  engines: z.unknown().optional(),
  hasInstallScript: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
});
const Lockfile = z.object({ packages: z.record(z.string(), Entry) });
const Project = z.object({ allowScripts: z.record(z.string(), z.boolean()) });
/** Old packages have other forms, which npm does not look at. */
const Package = z.object({ engines: z.object({ node: z.string().optional() }).optional().catch(undefined) });

const packages = Object.entries(Lockfile.parse(readJson('package-lock.json')).packages).filter(([path]) => path !== '');
const pathsWhere = (test: (entry: z.infer<typeof Entry>) => boolean): string[] =>
  packages.filter(([, entry]) => test(entry)).map(([path]) => path);

/** The one that aws-cdk-lib brings in its own package. */
const { satisfies } = z
  .object({ satisfies: z.custom<(version: string, range: string) => boolean>((value) => typeof value === 'function') })
  .parse(createRequire(import.meta.resolve('aws-cdk-lib'))('semver'));

describe('the lockfile', () => {
  it('names the engines of no package', () => {
    const named = pathsWhere((entry) => entry.engines !== undefined);
    expect(named, 'run `node drop-engines.mjs` and commit package-lock.json').toEqual([]);
  });

  it('has a hash of every package that npm fetches, and the registry of none', () => {
    expect(
      pathsWhere(({ inBundle, integrity }) => inBundle !== true && !(integrity ?? '').startsWith('sha512-')),
    ).toEqual([]);
    expect(pathsWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('has no install script that package.json neither allows nor denies', () => {
    const { allowScripts } = Project.parse(readJson('package.json'));
    const scripted = pathsWhere(({ hasInstallScript }) => hasInstallScript === true);
    expect(scripted.map((path) => path.replace(/^.*node_modules\//, '')).sort()).toEqual(
      Object.keys(allowScripts).sort(),
    );
  });
});

it('every package runs on the Node of the scripts', () => {
  const installed = packages.filter(([path]) => existsSync(`${ROOT}${path}/package.json`));
  const refused = installed.flatMap(([path]) => {
    const range = Package.parse(readJson(`${path}/package.json`)).engines?.node;
    return range === undefined || satisfies(process.versions.node, range) ? [] : [`${path} wants ${range}`];
  });
  expect(installed.length).toBeGreaterThan(300);
  expect(refused).toEqual([]);
});
