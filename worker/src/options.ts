/** What a worker must know. */
export interface HeartbeatOptions {
  /** `https://…`; `http:` only to this machine. */
  readonly relayUrl: string;
  /** The SWF domain of the task. */
  readonly domain: string;
  /** The worker key. Either this or `keyFile` is required. */
  readonly key?: string | undefined;
  /** A file with the key, which is read before every request: a new key takes effect at once. It wins over `key`. */
  readonly keyFile?: string | undefined;
  readonly taskToken: string;
  /** The heartbeat timeout of the task. */
  readonly heartbeatTimeoutSeconds: number;
  /** A file with certificates in PEM format, trusted instead of the system's. */
  readonly caFile?: string | undefined;
  /** A file whose first 2048 characters are the details of each heartbeat. */
  readonly detailsFile?: string | undefined;
  /** Where the proxy is read from: `HTTPS_PROXY`, `NO_PROXY` and their lower-case forms. Unless given, `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Checked, and without what surrounds a pasted text. It can be sent to a thread. */
export interface Settings {
  /** Without a slash at the end. */
  readonly domainUrl: string;
  readonly key: string | undefined;
  readonly keyFile: string | undefined;
  readonly taskToken: string;
  readonly timeoutSeconds: number;
  readonly caFile: string | undefined;
  readonly detailsFile: string | undefined;
  /** Undefined: connect directly. */
  readonly proxyUrl: string | undefined;
}

/** An option is missing or malformed. The message names it, and never its value. */
export class HeartbeatOptionsError extends Error {
  override readonly name = 'HeartbeatOptionsError';
  /** The name of the option. */
  readonly option: keyof HeartbeatOptions;

  constructor(option: keyof HeartbeatOptions, problem: string) {
    super(`${option} ${problem}`);
    this.option = option;
  }

  /** Why, without the name. */
  get problem(): string {
    return this.message.slice(this.option.length + 1);
  }
}
