import { Container } from './container.ts';
import { assertDeployableEnvironment } from './environment.ts';
import { failed } from './outcome.ts';
import type { InvokeOutcome } from './outcome.ts';
import type { FunctionHostOptions, FunctionMetric, FunctionSettings } from './settings.ts';

/** A free container, one that could not start (its error type), or none within the queue's time. */
type Turn = { readonly container: Container } | { readonly errorType: string } | 'throttled';

/** An invocation that waits for its turn. */
interface Waiting {
  readonly give: (turn: Promise<Turn>) => void;
}

/** Runs one function in as many containers as there are invocations at once, up to a maximum. */
export class FunctionHost {
  readonly #settings: FunctionSettings;
  readonly #options: FunctionHostOptions;
  /** Containers that may get another invocation; one that is being replaced is only in `#all`. */
  readonly #current = new Set<Container>();
  readonly #all = new Set<Container>();
  /** The last to come free is the first to be used, as on Lambda. */
  #idle: Container[] = [];
  #waiting: Waiting[] = [];
  #started = 0;
  #running = 0;
  #isClosed = false;

  /** Throws when Lambda could not hold the function's environment. Starts nothing yet. */
  constructor(settings: FunctionSettings, options: FunctionHostOptions) {
    assertDeployableEnvironment(settings.environment);
    if (options.maxContainers < 1) throw new Error(`at least 1 container is needed, not ${options.maxContainers}`);
    this.#settings = settings;
    this.#options = options;
  }

  /** How many containers there are, those still starting included, those being replaced not. */
  get containerCount(): number {
    return this.#current.size;
  }

  /** Runs the handler on an event, which must survive JSON. Never rejects for what the function does. */
  async invoke(event: unknown): Promise<InvokeOutcome> {
    const eventJson = JSON.stringify(event);
    const turn = await this.#takeTurn();
    this.#count('Throttles', turn === 'throttled' ? 1 : 0);
    if (turn === 'throttled') return { kind: 'throttled' };
    const outcome = 'errorType' in turn ? failed(turn.errorType) : await this.#run(turn.container, eventJson);
    this.#count('Errors', outcome.kind === 'failed' ? 1 : 0);
    return outcome;
  }

  /** Starts containers until there are `count`, at most the maximum. One that cannot start says so in the log only. */
  async warm(count: number): Promise<void> {
    const missing = Math.min(count, this.#options.maxContainers) - this.#current.size;
    if (this.#isClosed || missing <= 0) return;
    const turns = await Promise.all(Array.from({ length: missing }, () => this.#start()));
    for (const turn of turns) {
      if (turn !== 'throttled' && 'container' in turn) this.#release(turn.container);
    }
  }

  /** Lets every container end after its current invocation, and resolves when they have. The next one starts cold. */
  async replaceContainers(): Promise<void> {
    const replaced = [...this.#current];
    const idle = this.#idle;
    this.#current.clear();
    this.#idle = [];
    this.#giveTurns();
    await Promise.all([...idle.map((container) => container.end()), ...replaced.map((container) => container.ended)]);
  }

  /** Ends every container within 2 s, whatever it is doing; invocations under way fail, waiting ones are throttled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.give(Promise.resolve('throttled'));
    await Promise.all([...this.#all].map((container) => container.end()));
  }

  async #run(container: Container, eventJson: string): Promise<InvokeOutcome> {
    this.#running += 1;
    this.#count('ConcurrentExecutions', this.#running);
    try {
      return await container.invoke(eventJson);
    } finally {
      this.#running -= 1;
      this.#release(container);
    }
  }

  #count(name: FunctionMetric, value: number): void {
    this.#options.onMetric?.(name, value);
  }

  #takeTurn(): Promise<Turn> {
    if (this.#isClosed) return Promise.resolve('throttled');
    const turn = this.#findTurn();
    if (turn !== undefined) return turn;
    const { promise, resolve } = Promise.withResolvers<Turn>();
    const waiting: Waiting = {
      give: (given) => {
        clearTimeout(timer);
        resolve(given);
      },
    };
    const timer = setTimeout(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      resolve('throttled');
    }, this.#options.queueMs);
    this.#waiting.push(waiting);
    return promise;
  }

  #findTurn(): Promise<Turn> | undefined {
    const container = this.#idle.pop();
    if (container !== undefined) return Promise.resolve({ container });
    return this.#current.size < this.#options.maxContainers ? this.#start() : undefined;
  }

  #giveTurns(): void {
    while (this.#waiting.length > 0) {
      const turn = this.#findTurn();
      if (turn === undefined) return;
      this.#waiting.shift()?.give(turn);
    }
  }

  async #start(): Promise<Turn> {
    this.#started += 1;
    const container = new Container(`container-${this.#started}`, this.#settings, this.#options);
    this.#current.add(container);
    this.#all.add(container);
    void this.#forgetAtEnd(container);
    const errorType = await container.started;
    if (errorType === undefined) return { container };
    this.#forget(container);
    return { errorType };
  }

  async #forgetAtEnd(container: Container): Promise<void> {
    await container.ended;
    this.#all.delete(container);
    this.#forget(container);
  }

  #release(container: Container): void {
    if (!container.isUsable) return this.#forget(container);
    if (!this.#current.has(container)) return void container.end();
    this.#idle.push(container);
    this.#giveTurns();
  }

  /** Takes a container out of use, which makes room for another. */
  #forget(container: Container): void {
    this.#current.delete(container);
    this.#idle = this.#idle.filter((other) => other !== container);
    if (!this.#isClosed) this.#giveTurns();
  }
}
