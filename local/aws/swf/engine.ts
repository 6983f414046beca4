import { type Command } from './commands.ts';
import { type Place, type SwfState } from './state.ts';
import { type TokenContent, type TokenKind } from './tokens.ts';

/** An operation's answer as parsed JSON; undefined for an empty body. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

/** What operations work with. They read the state and change it by commands alone. */
export interface Engine {
  readonly state: SwfState;
  /** Performs and journals a command. Throws SwfFault where SWF refuses it; then nothing has changed. */
  readonly execute: (command: Command) => void;
  /** Holds a long poll; see Polls. */
  readonly hold: <T>(queue: string, take: () => T | undefined, signal: AbortSignal) => Promise<T | undefined>;
  readonly seal: (content: TokenContent) => string;
  /** Throws SwfFault (`Invalid token`), also for a token of another account or region. */
  readonly open: (kind: TokenKind, token: string, site: Site) => TokenContent;
  readonly newRunId: () => string;
}

/** Where a request arrives: SWF's endpoints are regional, and its callers belong to one account. */
export type Site = Omit<Place, 'domain'>;

/** A validated request, whose domain and run are known, and which nothing has been done for yet. */
export interface Prepared {
  readonly domain: string | undefined;
  readonly runId?: string;
  readonly perform: (signal: AbortSignal) => Answer | Promise<Answer>;
}

/** One operation of SWF. `prepare` throws SwfFault for an input or a token that is not valid. */
export interface Operation {
  readonly prepare: (engine: Engine, input: unknown, site: Site) => Prepared;
}
