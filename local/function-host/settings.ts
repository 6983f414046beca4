/** One function of the template, with every value resolved. */
export interface FunctionSettings {
  readonly functionName: string;
  readonly functionArn: string;
  /** File and export, `index.handler`. */
  readonly handler: string;
  /** The asset's folder, absolute. */
  readonly codeDir: string;
  readonly memoryMb: number;
  /** How long one invocation may take, its container's start not counted. */
  readonly timeoutMs: number;
  /** The template's variables, and nothing else: at most 4 KB, none that Lambda reserves. */
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  readonly logGroupName: string;
}

/** What Lambda counts of a function, under its names (its guide, "Types of metrics for Lambda functions"). */
export type FunctionMetric = 'Errors' | 'Throttles' | 'ConcurrentExecutions';

/** How this machine runs the function. */
export interface FunctionHostOptions {
  /** Containers at most, each with one invocation at a time. */
  readonly maxContainers: number;
  /** How long an invocation waits for one of them before it is throttled. Lambda would start another instead. */
  readonly queueMs: number;
  /** What makes the function local: endpoints and invented credentials. Wins over the template's variables. */
  readonly localEnvironment: Readonly<Record<string, string>>;
  /** Gets each line that a container writes to stdout or stderr, without its end, and the container's name. */
  readonly onLogLine: (line: string, container: string) => void;
  /** Gets each count that Lambda would give CloudWatch. */
  readonly onMetric?: (name: FunctionMetric, value: number) => void;
  /** How long a container may take to start: 10 s where absent, as on Lambda (its guide, "Init phase"). */
  readonly initTimeoutMs?: number;
}
