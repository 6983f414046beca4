import { readFileSync } from 'node:fs';

import { NodeHttpHandler } from '@smithy/node-http-handler';

import { print } from '../keys/print.ts';
import type { Target } from '../target.ts';
import type { DeclaredDomain } from '../domains.ts';
import { RelayClient } from './relay-client.ts';
import { Scene } from './scene.ts';
import { type Line, tellStory } from './story.ts';
import { Undoing } from './undoing.ts';

const EXIT_CODES = { ok: 0, somethingElse: 1, interrupted: 130 } as const;

const WORDS: Readonly<Record<Line['kind'], string>> = { ok: 'ok  ', else: 'ELSE', skip: 'skip' };
const NAME_WIDTH = 14;

/** Tells the whole story, and takes away what it made, also where it fails or is interrupted. Returns an exit code. */
export async function verify(target: Target, domain: DeclaredDomain): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const undoing = new Undoing(target.createSwf({ region: domain.region }));
  let exitCode: number = EXIT_CODES.interrupted;
  try {
    const isAllOk = await tellStory(toScene(target, domain, undoing, interruption.signal), printLine);
    exitCode = isAllOk ? EXIT_CODES.ok : EXIT_CODES.somethingElse;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    const left = await undoing.run();
    for (const what of left) process.stderr.write(`left behind: ${what}\n`);
    if (left.length > 0) exitCode = Math.max(exitCode, EXIT_CODES.somethingElse);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  return exitCode;
}

async function printLine({ kind, name, text }: Line): Promise<void> {
  await print(`${WORDS[kind]}  ${name.padEnd(NAME_WIDTH)}  ${text}\n`);
}

function toScene(target: Target, domain: DeclaredDomain, undoing: Undoing, signal: AbortSignal): Scene {
  const { relayUrl, caFile } = target;
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  const relay = new RelayClient(relayUrl, ca, signal);
  const swf = target.createSwf({ region: domain.region, requestHandler: new AbortableHandler(signal) });
  return new Scene({ target, domain, relay, swf, undoing, ca, signal });
}

/** Gives up every request under way, long polls too, when the signal says so. */
class AbortableHandler extends NodeHttpHandler {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    super();
    this.#signal = signal;
  }

  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    return super.handle(request, { ...options, abortSignal: this.#signal });
  }
}
