import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

import GithubSlugger from 'github-slugger';
import { describe, expect, it } from 'vitest';

import { headingsOf, targetsOf } from '../pages/markdown.ts';
import { readPages } from '../pages/pages.ts';
import { findTooLong } from '../pages/sentences.ts';
import { readme } from './recordings.ts';

const ROOT = new URL('../../', import.meta.url);
const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });

const pages = readPages();
const isExternal = (target: string): boolean => /^[a-z]+:/.test(target);

/** Where GitHub lets a link lead to in a page. */
function anchorsOf(path: string): Set<string> {
  const slugger = new GithubSlugger();
  return new Set(headingsOf(readFileSync(new URL(path, ROOT), 'utf8')).map((heading) => slugger.slug(heading)));
}

/** What is wrong with a link. */
function problemOf(from: string, target: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : posix.join(posix.dirname(from), file);
  if (!existsSync(new URL(path, ROOT))) return `${from}: there is no ${path}`;
  const isFound = anchor === undefined || anchorsOf(path).has(anchor);
  return isFound ? undefined : `${from}: ${path} has no heading #${anchor}`;
}

describe('links', () => {
  it.each(pages)('$path links only to files and headings that exist', ({ path, text }) => {
    const targets = targetsOf(text).filter((target) => !isExternal(target));
    expect(targets.flatMap((target) => problemOf(path, target) ?? [])).toEqual([]);
  });

  it('the README leads to every page', () => {
    const linked = new Set(targetsOf(readme));
    const listed = pages.map(({ path }) => path).filter((path) => /^(?:docs\/)?[\w-]+\.md$/.test(path));
    expect(listed.filter((path) => path !== 'README.md' && !linked.has(path))).toEqual([]);
  });
});

/** One section for each alarm, and tables of a simulation. */
const LONGER = new Set(['docs/runbook.md', 'docs/capacity.md']);

describe('pages', () => {
  it('the README has at most 150 lines, other pages of docs/ at most 200', () => {
    const ofDocs = pages.filter(({ path }) => /^docs\/[^/]+\.md$/.test(path) && !LONGER.has(path));
    expect(ofDocs.filter(({ text }) => text.trimEnd().split('\n').length > 200)).toEqual([]);
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('name only scripts that package.json has', () => {
    const named = pages.flatMap(({ path, text }) =>
      Array.from(
        text.matchAll(/npm run (?:-s )?(?<name>[a-z:-]*[a-z])/g),
        ({ groups }) => `${path} ${groups?.['name']}`,
      ),
    );
    const scripts = new Set(Object.keys(manifest.scripts));
    expect(named.filter((name) => !scripts.has(name.split(' ')[1] ?? ''))).toEqual([]);
  });
});

describe('long sentences', () => {
  const long = `This sentence has ${'many '.repeat(25)}words.`;
  const short = 'This one is short. ';

  it('may be one in twenty of a page', () => {
    expect(findTooLong(`${short.repeat(19)}${long}`)).toEqual([]);
    expect(findTooLong(`${short.repeat(18)}${long}`)).toEqual([long]);
  });

  it.each([
    { where: 'a table', text: `| a |\n|---|\n| ${long} |` },
    { where: 'a block of code', text: `\`\`\`\n${long}\n\`\`\`` },
    { where: 'code within a sentence', text: `\`${long}\`` },
    { where: 'a heading', text: `# ${long}` },
  ])('do not count in $where', ({ text }) => {
    expect(findTooLong(text)).toEqual([]);
  });

  it.each([
    { where: 'a list', text: `- ${long}` },
    { where: 'a list within a list', text: `- a\n  - ${long}` },
    { where: 'a quotation', text: `> ${long}` },
    { where: 'two lines', text: long.replaceAll('many many', 'many\nmany') },
    { where: 'a sentence after code', text: `\`a\`. ${long}` },
  ])('count in $where', ({ text }) => {
    expect(findTooLong(text)).toHaveLength(1);
  });
});
