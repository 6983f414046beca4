import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AFolder } from '../e2e/a-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that npm reads of the project, and the scripts that it runs. */
const READ_BY_NPM = ['.npmrc', 'package.json', 'package-lock.json', 'link-node.mjs', 'drop-engines.mjs'];

/** The oldest major that docs/local.md promises, and the two majors of npm that run on it. */
const NODE = `node-linux-${process.arch}@20.20.2`;
const NPMS = { 'npm 10': 'npm@10.9.9', 'npm 11': 'npm@11.19.1' } as const;

export type Npm = keyof typeof NPMS;

/** How a command ended, with both of its streams together. */
export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Old Node and both npms, in a folder of their own; and folders that have what npm reads of the project. */
export class OldMachine implements Disposable {
  readonly #folder = new AFolder();
  readonly #tools = join(this.#folder.path, 'tools');

  constructor() {
    const aliases = Object.entries(NPMS).map(([name, spec]) => `${name.replace(' ', '')}@npm:${spec}`);
    mkdirSync(this.#tools);
    const installed = this.#run(this.#tools, 'npm', ['install', '--prefix', '.', '--no-bin-links', NODE, ...aliases]);
    if (installed.exitCode !== 0) throw new Error(installed.output);
  }

  /** A folder with nothing installed. */
  freshFolder(...others: readonly string[]): string {
    const fresh = mkdtempSync(join(this.#folder.path, 'project-'));
    for (const file of [...READ_BY_NPM, ...others]) {
      mkdirSync(dirname(join(fresh, file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(fresh, file));
    }
    return fresh;
  }

  /** The file that is npm's program. */
  npmProgram(npm: Npm): string {
    return join(this.#tools, 'node_modules', npm.replace(' ', ''), 'bin', 'npm-cli.js');
  }

  /** Runs npm on the old Node, from an empty cache and with no settings of the user's, but for the registry. */
  npm(npm: Npm, folder: string, ...args: readonly string[]): Ended {
    const cli = this.npmProgram(npm);
    const cache = mkdtempSync(join(this.#folder.path, 'cache-'));
    return this.node(folder, cli, ...args, '--cache', cache, '--userconfig', join(cache, 'none'));
  }

  /** Runs the old Node. */
  node(folder: string, ...args: readonly string[]): Ended {
    return this.#run(folder, 'node', args);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  /** Without what `npm run` added for this process: the project's own Node before the others, and npm's settings. */
  #run(cwd: string, command: string, args: readonly string[]): Ended {
    const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry$)/i.test(name));
    const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.endsWith('node_modules/.bin'));
    const old = join(this.#tools, 'node_modules', `node-linux-${process.arch}`, 'bin');
    const env = { ...Object.fromEntries(inherited), PATH: [old, ...path].join(delimiter) };
    const ended = spawnSync('sh', ['-c', 'exec "$0" "$@" 2>&1', command, ...args], { cwd, env, encoding: 'utf8' });
    return { exitCode: ended.status, output: ended.stdout };
  }
}
