import { openWorkingTree } from '../architecture/sources.ts';

/** A page that people read, with its path from the project's folder. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

const PAGE = /^(?:[A-Z_]+\.md|docs\/.*\.md|\.github\/.*\.md|worker\/(?:.*\/)?README\.md)$/;

/** Every page of the project. Of the changelog, what is not yet released, and the newest version. */
export function readPages(): Page[] {
  const { files, read } = openWorkingTree();
  return files
    .filter((path) => PAGE.test(path))
    .map((path) => ({ path, text: path === 'CHANGELOG.md' ? newestOf(read(path)) : read(path) }));
}

const newestOf = (changelog: string): string =>
  changelog
    .split(/^(?=## )/m)
    .slice(0, 3)
    .join('');
