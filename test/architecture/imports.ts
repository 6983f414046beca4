import { dirname, join, normalize, sep } from 'node:path';

import { parseSync } from 'oxc-parser';

/** One import, re-export or dynamic import of a file. */
export interface Import {
  /** The path from the project folder, with forward slashes. */
  readonly file: string;
  /** The specifier as the file contains it. */
  readonly specifier: string;
  /** The path from the project folder for a relative specifier, or the name of a package. */
  readonly target: string;
  /** Whether the statement imports only types. */
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
