import { readFileSync } from 'node:fs';

import { NodeHttpHandler } from '@smithy/node-http-handler';

import type { DeclaredDomain } from '../../operator/domains.ts';
import type { Target } from '../../operator/target.ts';
import { assertCanAsk, isAgreedTo } from '../agreement.ts';
import { toJson } from '../json.ts';
import { findRelay } from '../relay.ts';
import { ClosedPipeError, type Terminal } from '../terminal.ts';
import type { VerifyOptions } from './command.ts';
import { CleanUp } from './clean-up.ts';
import { findDomain } from './domain.ts';
import { toIntention } from './intention.ts';
import { toLineText, toSummary } from './lines.ts';
import { RelayClient } from './relay-client.ts';
import { Scene } from './scene.ts';
import { type Line, tellStory } from './story.ts';

const FAILURE = 1;

/** Asks, then checks the relay. The terminal's exit code says how it went. */
export async function verify(options: VerifyOptions, terminal: Terminal): Promise<void> {
  const target = await findRelay(options);
  const domain = findDomain(target, options.domain);
  if (options.output === 'text') await terminal.print(toIntention(target, domain));
  if (!options.yes) {
    assertCanAsk(terminal, 'add --yes to start');
    if (!(await isAgreedTo(terminal, 'Start?'))) return;
  }
  await checkAndCleanUp(target, domain, options.output, terminal);
}

/** Runs every check, and removes what the checks created, even after a failure or an interruption. */
async function checkAndCleanUp(
  target: Target,
  domain: DeclaredDomain,
  output: VerifyOptions['output'],
  terminal: Terminal,
): Promise<void> {
  const cleanUp = new CleanUp(target.createSwf({ region: domain.region }));
  const startedAtMs = performance.now();
  const lines: Line[] = [];
  const print = async (line: Line): Promise<void> => {
    lines.push(line);
    await terminal.print(output === 'json' ? `${toJson(line)}\n` : toLineText(line, terminal));
  };
  const { interruption } = terminal;
  try {
    await tellStory(toScene(target, domain, cleanUp, interruption), print, (name) => terminal.showProgress(name));
    const summary = toSummary(lines, performance.now() - startedAtMs);
    if (output === 'text') await terminal.print(`${summary}\n`);
    if (lines.some(({ kind }) => kind === 'fail')) terminal.exitCode = FAILURE;
  } catch (error) {
    if (error instanceof ClosedPipeError) terminal.exitCode = FAILURE;
    else if (!interruption.aborted) throw error;
  } finally {
    terminal.showProgress('cleaning up');
    const left = await cleanUp.run();
    terminal.showProgress(undefined);
    for (const what of left) terminal.warn(`left behind: ${what}\n`);
    if (left.length > 0) terminal.exitCode ||= FAILURE;
  }
}

function toScene(target: Target, domain: DeclaredDomain, cleanUp: CleanUp, signal: AbortSignal): Scene {
  const { relayUrl, caFile } = target;
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  const relay = new RelayClient(relayUrl, ca, signal);
  const swf = target.createSwf({ region: domain.region, requestHandler: new AbortableHandler(signal) });
  return new Scene({ target, domain, relay, swf, cleanUp, ca, signal });
}

/** Aborts every request in progress, long polls included, when the signal does. */
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
