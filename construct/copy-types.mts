import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The compiler leaves `.ts` in the specifiers of declarations. Users import JavaScript. */
const SPECIFIER = /(?<before>from ')(?<path>\.{1,2}\/[^']+)\.ts'/g;

/** Copies a declaration file and those that it imports. The others would describe parts that nobody can import. */
export function copyTypes(from: string, entry: string, to: string): void {
  const wanted = [entry];
  for (const file of wanted) {
    const text = readFileSync(join(from, file), 'utf8');
    const imported = Array.from(text.matchAll(SPECIFIER), ({ groups }) =>
      join(dirname(file), `${groups?.['path']}.d.ts`),
    );
    wanted.push(...imported.filter((name) => !wanted.includes(name)));
    mkdirSync(dirname(join(to, file)), { recursive: true });
    writeFileSync(join(to, file), text.replaceAll(SPECIFIER, "$<before>$<path>.js'"));
  }
}
