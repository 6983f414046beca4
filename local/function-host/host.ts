import { Container } from './container.ts';
import { assertDeployableEnvironment } from './environment.ts';
import { failed } from './outcome.ts';
import type { InvokeOutcome } from './outcome.ts';
import type { FunctionHostOptions, FunctionMetric, FunctionSettings } from './settings.ts';

/** A free container, the error type of one that could not start, or `throttled` if none came free within `queueMs`. */
type Acquired = { readonly container: Container } | { readonly errorType: string } | 'throttled';

/** An invocation that waits for a container. */
interface Waiting {
  readonly resolve: (acquired: Promise<Acquired>) => void;
}

/** Runs one function, with one container per concurrent invocation, up to a maximum. */
export class FunctionHost {
  readonly #settings: FunctionSettings;
  readonly #options: FunctionHostOptions;
  /** Containers that may get another invocation. A container that is being replaced is only in `#all`. */
  readonly #current = new Set<Container>();
  readonly #all = new Set<Container>();
  /** A stack: the host reuses the most recently used container first, as Lambda does. */
  #idle: Container[] = [];
  #waiting: Waiting[] = [];
  #started = 0;
  #running = 0;
  #isClosed = false;

  /** Throws if Lambda would refuse the function's environment. Does not start a container yet. */
  constructor(settings: FunctionSettings, options: FunctionHostOptions) {
    assertDeployableEnvironment(settings.environment);
    if (options.maxContainers < 1) throw new Error(`maxContainers must be at least 1, not ${options.maxContainers}`);
    this.#settings = settings;
    this.#options = options;
  }

  /** The number of containers, including those still starting, but without those being replaced. */
  get containerCount(): number {
    return this.#current.size;
  }

  /** Runs the handler on an event, which must be serializable as JSON. Never rejects because of the function's code. */
  async invoke(event: unknown): Promise<InvokeOutcome> {
    const eventJson = JSON.stringify(event);
    const acquired = await this.#acquire();
    this.#count('Throttles', acquired === 'throttled' ? 1 : 0);
    if (acquired === 'throttled') return { kind: 'throttled' };
    const outcome =
      'errorType' in acquired ? failed(acquired.errorType) : await this.#run(acquired.container, eventJson);
    this.#count('Errors', outcome.kind === 'failed' ? 1 : 0);
    return outcome;
  }

  /** Starts containers until there are `count`, up to the maximum. A failed start appears only in the log. */
  async warm(count: number): Promise<void> {
    await this.#startIdle(Math.min(count, this.#options.maxContainers) - this.#current.size);
  }

  /**
   * Ends every container after its current invocation. Resolves when all have ended. The next invocation starts cold,
   * unless `warmCount` new containers are to start first. Until they have, the old ones serve.
   */
  async replaceContainers(warmCount = 0): Promise<void> {
    const replaced = new Set(this.#current);
    await this.#startIdle(warmCount);
    const idle = this.#idle.filter((container) => replaced.has(container));
    this.#idle = this.#idle.filter((container) => !replaced.has(container));
    for (const container of replaced) this.#current.delete(container);
    this.#serveWaiting();
    const ends = Array.from(replaced, (container) => container.ended);
    await Promise.all([...idle.map((container) => container.end()), ...ends]);
  }

  /** Ends every container within 2 s. Invocations in progress fail, and the host throttles waiting ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(Promise.resolve('throttled'));
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

  #acquire(): Promise<Acquired> {
    if (this.#isClosed) return Promise.resolve('throttled');
    const acquired = this.#tryAcquire();
    if (acquired !== undefined) return acquired;
    const { promise, resolve } = Promise.withResolvers<Acquired>();
    const waiting: Waiting = {
      resolve: (container) => {
        clearTimeout(timer);
        resolve(container);
      },
    };
    const timer = setTimeout(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      resolve('throttled');
    }, this.#options.queueMs);
    this.#waiting.push(waiting);
    return promise;
  }

  #tryAcquire(): Promise<Acquired> | undefined {
    const container = this.#idle.pop();
    if (container !== undefined) return Promise.resolve({ container });
    return this.#current.size < this.#options.maxContainers ? this.#start() : undefined;
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const acquired = this.#tryAcquire();
      if (acquired === undefined) return;
      this.#waiting.shift()?.resolve(acquired);
    }
  }

  async #startIdle(count: number): Promise<void> {
    if (this.#isClosed || count <= 0) return;
    const starts = await Promise.all(Array.from({ length: count }, () => this.#start()));
    for (const start of starts) {
      if (start !== 'throttled' && 'container' in start) this.#release(start.container);
    }
  }

  async #start(): Promise<Acquired> {
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
    this.#serveWaiting();
  }

  /** Stops using a container, which makes room for another. */
  #forget(container: Container): void {
    this.#current.delete(container);
    this.#idle = this.#idle.filter((other) => other !== container);
    if (!this.#isClosed) this.#serveWaiting();
  }
}
