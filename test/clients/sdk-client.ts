/** What a client of AWS's makes of its environment and of the relay's answers. */
export interface ClientFacts {
  /** As docs/aws-clients.md names it. */
  readonly name: string;
  readonly version: string;
  /** A variable that it takes the region from. */
  readonly regionVariable: 'AWS_REGION' | 'AWS_DEFAULT_REGION';
  /** Otherwise it sends the heartbeat, task token included, to SWF itself. */
  readonly readsEndpointVariable: boolean;
  /** How often it sends a heartbeat while SWF throttles, unless it is told otherwise. */
  readonly attempts: number;
  /** Whether `AWS_MAX_ATTEMPTS` tells it otherwise. */
  readonly readsMaxAttempts: boolean;
  /** Whether it waits for as long as `x-amz-retry-after` says. */
  readonly followsRetryAfter: boolean;
  /** Whether it corrects a wrong clock by the relay's answer. Undefined where no test moves its clock. */
  readonly correctsClock?: boolean;
}

type Variables = Readonly<Record<string, string>>;

/** What a heartbeat needs besides the environment that a worker sets. */
export interface Heartbeat {
  readonly taskToken: string;
  /** Set in code. Undefined leaves it to the client where it sends the heartbeat. */
  readonly endpoint: string | undefined;
}

/** A client that is installed: a command that sends one heartbeat. */
export interface SdkClient {
  readonly command: string;
  /** The project's own programs need none: they read `TASK_TOKEN` and `RELAY`. */
  readonly args: (heartbeat: Heartbeat) => readonly string[];
  readonly environment: Variables;
  /** In addition, for a machine whose clock is off. */
  readonly movedClock?: (movedMs: number) => Variables;
}

/** A client, and how it is installed. */
export interface InstallableClient extends ClientFacts {
  /** Undefined where it cannot be installed. */
  readonly install: () => SdkClient | undefined;
}
