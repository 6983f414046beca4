import { z } from 'zod';

import { type Ended, runNode } from './a-process.ts';

const ENDPOINTS = z.array(
  z.strictObject({ domain: z.string(), heartbeatUrl: z.url(), awsEndpoint: z.url(), region: z.string() }),
);

/** What `issue` and `rotate` print with `--output json`. */
export const ISSUED = z.strictObject({
  keyId: z.string().regex(/^HBRK[A-Z2-7]{16}$/),
  secret: z.string().regex(/^[\w-]{43}$/),
  label: z.string(),
  domains: z.array(z.string()),
  expiresAt: z.iso.datetime().nullable(),
  endpoints: ENDPOINTS,
});

/** A key in the list that `list` prints with `--output json`. */
export const DESCRIBED = z.strictObject({
  keyId: z.string(),
  label: z.string(),
  domains: z.array(z.string()),
  status: z.enum(['active', 'revoked', 'expired']),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastSeenOn: z.iso.date().nullable(),
  grant: z
    .strictObject({
      domains: z.array(z.string()),
      operations: z.array(z.string()),
      networks: z.array(z.string()),
      rate: z.number(),
      expiresAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  seal: z.enum(['intact', 'altered', 'unchecked', 'unsealed']),
  macKey: z.enum(['newest', 'earlier', 'other']),
});

/** What `history` prints with `--output json`. */
const HISTORY = z.array(
  z.strictObject({
    event: z.string(),
    at: z.iso.datetime().nullable(),
    actor: z.string().nullable(),
    details: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  }),
);

/** What `show` prints with `--output json`. */
export const SHOWN = DESCRIBED.extend({ endpoints: ENDPOINTS });

export type IssuedJson = z.infer<typeof ISSUED>;
export type DescribedJson = z.infer<typeof DESCRIBED>;
export type ShownJson = z.infer<typeof SHOWN>;

/** The operator's command line on one local stack. It keeps all that was printed. */
export class KeysCommand {
  readonly printed: { readonly command: string; readonly text: string }[] = [];
  readonly #statePath: string;

  constructor(statePath: string) {
    this.#statePath = statePath;
  }

  async run(command: string, ...options: string[]): Promise<Ended> {
    const ended = await runNode([
      'cli/heartbeat-relay.mjs',
      'keys',
      command,
      ...options,
      '--local',
      '--state',
      this.#statePath,
    ]);
    this.printed.push({ command, text: ended.stdout + ended.stderr });
    return ended;
  }

  async issue(...options: string[]): Promise<IssuedJson> {
    return ISSUED.parse(await this.#json('issue', ...options));
  }

  async rotate(...options: string[]): Promise<IssuedJson> {
    return ISSUED.parse(await this.#json('rotate', ...options));
  }

  async list(...options: string[]): Promise<DescribedJson[]> {
    return z.array(DESCRIBED).parse(await this.#json('list', ...options));
  }

  async show(keyId: string): Promise<ShownJson> {
    return SHOWN.parse(await this.#json('show', keyId));
  }

  async history(keyId: string): Promise<z.infer<typeof HISTORY>> {
    return HISTORY.parse(await this.#json('history', keyId));
  }

  async #json(command: string, ...options: string[]): Promise<unknown> {
    const { exitCode, stdout, stderr } = await this.run(command, ...options, '--output', 'json');
    if (exitCode === 0) return JSON.parse(stdout);
    throw new Error(`${command} ended with ${exitCode}: ${stderr}`);
  }
}
