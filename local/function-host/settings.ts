/** One function of the template, with all values resolved. */
export interface FunctionSettings {
  readonly functionName: string;
  readonly functionArn: string;
  /** File and export, for example `index.handler`. */
  readonly handler: string;
  /** Absolute path of the asset's folder. */
  readonly codeDir: string;
  readonly memoryMb: number;
  /** How long one invocation may take, without the start of its container. */
  readonly timeoutMs: number;
  /** Only the template's variables: at most 4 KB, and none that Lambda reserves. */
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  readonly logGroupName: string;
}

/** Metrics of a function, with Lambda's names (its guide, "Types of metrics for Lambda functions"). */
export type FunctionMetric = 'Errors' | 'Throttles' | 'ConcurrentExecutions';

/** How this machine runs the function. */
export interface FunctionHostOptions {
  /** The maximum number of containers. Each runs one invocation at a time. */
  readonly maxContainers: number;
  /** How long an invocation waits for a container before the host throttles it. Lambda would start another one. */
  readonly queueMs: number;
  /** Local endpoints and invented credentials for the function. These override the template's variables. */
  readonly localEnvironment: Readonly<Record<string, string>>;
  /** Receives each line that a container writes to stdout or stderr, without the line end, and the container's name. */
  readonly onLogLine: (line: string, container: string) => void;
  /** Receives each count that Lambda would send to CloudWatch. */
  readonly onMetric?: (name: FunctionMetric, value: number) => void;
  /** How long a container may take to start. The default is 10 s, as on Lambda (its guide, "Init phase"). */
  readonly initTimeoutMs?: number;
}
