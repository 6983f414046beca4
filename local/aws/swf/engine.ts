import { type Command } from './commands.ts';
import { type Place, type SwfState } from './state.ts';
import { type TokenContent, type TokenKind } from './tokens.ts';

/** An operation's answer as parsed JSON; undefined for an empty body. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

/** The interface for operations. They read the state, and change it only through commands. */
export interface Engine {
  readonly state: SwfState;
  /** Performs and journals a command. Throws SwfFault if SWF refuses it. The state is then unchanged. */
  readonly execute: (command: Command) => void;
  /** Holds a long poll; see Polls. */
  readonly hold: <T>(queue: string, take: () => T | undefined, signal: AbortSignal) => Promise<T | undefined>;
  readonly seal: (content: TokenContent) => string;
  /** Opens a token. Throws SwfFault (`Invalid token`), also for a token of another account or region. */
  readonly open: (kind: TokenKind, token: string, site: Site) => TokenContent;
  readonly newRunId: () => string;
}

/** The region and account of a request. SWF's endpoints are regional, and each caller belongs to one account. */
export type Site = Omit<Place, 'domain'>;

/** A validated request with its domain and run, before it is performed. */
export interface Prepared {
  readonly domain: string | undefined;
  readonly runId?: string;
  readonly perform: (signal: AbortSignal) => Answer | Promise<Answer>;
}

/** One operation of SWF. `prepare` throws SwfFault for an invalid input or token. */
export interface Operation {
  readonly prepare: (engine: Engine, input: unknown, site: Site) => Prepared;
}
