import { dirname, join, normalize, sep } from 'node:path';

import { parseSync } from 'oxc-parser';

/** One import, re-export or dynamic import of a file. */
export interface Import {
  /** Path from the project's folder, with forward slashes. */
  readonly file: string;
  /** As the file says it. */
  readonly specifier: string;
  /** A relative specifier resolved to a path from the project's folder; a package's name as it is. */
  readonly target: string;
  /** Whether only types are imported. */
  readonly isTypeOnly: boolean;
}

/** @param text the content of `file`, TypeScript or JavaScript. */
export function findImports(file: string, text: string): Import[] {
  const { module } = parseSync(file, text);
  const statements = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      isTypeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest === null ? [] : [{ specifier: moduleRequest.value, isTypeOnly: isType }],
      ),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      specifier: text.slice(start, end).replaceAll(/^['"`]|['"`]$/g, ''),
      isTypeOnly: false,
    })),
  ];
  return statements.map(({ specifier, isTypeOnly }) => ({
    file,
    specifier,
    isTypeOnly,
    target: resolve(file, specifier),
  }));
}

function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(file), specifier))
    .split(sep)
    .join('/');
}
