import { request as requestPlainly, type IncomingMessage } from 'node:http';
import { Agent, request as requestSecurely } from 'node:https';
import { json } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';

/** An answer of the relay, or of whoever answers in its place. */
export interface RelayAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty unless it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** For example `TLSv1.3`; undefined for plain HTTP. */
  readonly tlsVersion: string | undefined;
}

/** A request that is sent byte for byte: neither path nor headers are changed. */
export interface RelayRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  /** A name may be repeated. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Well over the 5 s after which the gateway answers itself. */
const PATIENCE_SECONDS = 15;

/** Nothing answered in time, neither the relay nor anything before it. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Sends requests to one relay. */
export class RelayClient {
  readonly url: URL;
  readonly #agent: Agent;
  readonly #signal: AbortSignal;
  readonly #patienceSeconds: number;
  #slowestMs = 0;

  /** @param ca an authority to trust in addition to the known ones, in PEM. */
  constructor(relayUrl: string, ca: string | undefined, signal: AbortSignal, patienceSeconds = PATIENCE_SECONDS) {
    this.url = new URL(relayUrl);
    this.#agent = new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });
    this.#signal = signal;
    this.#patienceSeconds = patienceSeconds;
  }

  /** How long the slowest request so far took. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** @throws NoAnswerError, the signal's reason, or why no connection came about. */
  async send({ method = 'POST', path, headers = [], body = '' }: RelayRequest): Promise<RelayAnswer> {
    const startedAtMs = performance.now();
    const timeout = AbortSignal.timeout(this.#patienceSeconds * 1_000);
    try {
      const response = await this.#request({ method, path, headers, body }, timeout);
      const { statusCode = 0, headers: received, socket } = response;
      const tlsVersion = socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
      const parsed = await readJson(response);
      const joined = Object.entries(received).map(([name, value]) => [name, String(value)] as const);
      return { status: statusCode, headers: Object.fromEntries(joined), body: parsed, tlsVersion };
    } catch (cause) {
      if (!timeout.aborted || this.#signal.aborted) throw cause;
      throw new NoAnswerError(`no complete answer within ${this.#patienceSeconds} s`, { cause });
    } finally {
      // A request without an answer counts, too.
      this.#slowestMs = Math.max(this.#slowestMs, Math.round(performance.now() - startedAtMs));
    }
  }

  async #request(
    { method, path, headers, body }: Required<RelayRequest>,
    timeout: AbortSignal,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { protocol, hostname, port, host } = this.url;
    const own = [['host', host] as const, ['content-length', `${Buffer.byteLength(body)}`] as const];
    const options = {
      hostname,
      port,
      path,
      method,
      headers: [...own, ...headers].flat(),
      signal: AbortSignal.any([this.#signal, timeout]),
    };
    const request =
      protocol === 'https:'
        ? requestSecurely({ ...options, agent: this.#agent }, resolve)
        : requestPlainly(options, resolve);
    request.once('error', reject);
    request.end(body);
    return promise;
  }
}

async function readJson(response: IncomingMessage): Promise<RelayAnswer['body']> {
  try {
    const parsed: unknown = await json(response);
    return typeof parsed === 'object' ? { ...parsed } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
