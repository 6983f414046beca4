import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { vi } from 'vitest';
import { z } from 'zod';

import { CONNECTION_FILE, type Connection, LOCK_FILE } from '../../cli/connection.ts';
import type { Command } from '../../cli/keys/arguments.ts';
import { issue } from '../../cli/keys/issue.ts';
import { list } from '../../cli/keys/list.ts';
import { revoke } from '../../cli/keys/revoke.ts';
import { rotate } from '../../cli/keys/rotate.ts';
import { show } from '../../cli/keys/show.ts';
import type { Access } from '../../local/aws/access.ts';
import { Faults } from '../../local/faults.ts';
import { toKeyOperator } from '../../local/local-aws.ts';
import { DESCRIBED, ISSUED, type IssuedJson } from '../e2e/keys-command.ts';
import type { SharedStack } from './function-under-test.ts';
import { codeOf, EVERYWHERE, type Failure, type Step } from './least-privilege.failure.ts';

const LISTED = z.array(DESCRIBED);
const REVOKED = z.object({ wasRevoked: z.literal(false) });

/** What the command printed whose own work, however far down, is under way. */
const printed = new AsyncLocalStorage<string[]>();

/** The documented commands, by somebody who has the stack's policy for operators and nothing else. */
export class KeyOperator implements Disposable {
  readonly #statePath = mkdtempSync(join(tmpdir(), 'heartbeat-relay-operator-'));

  /** A state folder as a running stack has it, with this operator's credentials. */
  constructor({ stack }: SharedStack, access: Access) {
    const { template, credentials, relayUrl, awsUrl, region, accountId } = stack;
    const realm = { access, faults: new Faults(Date.now, Math.random) };
    const operator = credentials.issueUserKey(toKeyOperator(template, realm));
    const nothing = { keyId: '', secret: '', taskToken: '', taskId: '', workflowId: '', runId: '', activityId: '' };
    const used = { relayUrl, awsUrl, region, accountId, operator };
    const connection: Connection = { ...used, domain: '', worker: nothing, task: nothing };
    writeFileSync(join(this.#statePath, LOCK_FILE), String(process.pid));
    writeFileSync(join(this.#statePath, CONNECTION_FILE), JSON.stringify(connection));
  }

  async issue(domains: readonly string[]): Promise<IssuedJson> {
    const options = domains.flatMap((domain) => ['--domain', domain]);
    return ISSUED.parse(await this.#run(issue, '--label', 'least privilege', ...options));
  }

  /** @returns the first step that fails. */
  async manage({ keyId }: IssuedJson): Promise<Failure | undefined> {
    let step: Step = 'show';
    const fail = (code: string): Failure => ({ step, code, where: EVERYWHERE });
    try {
      const { lastSeenOn } = await this.#show(keyId);
      if (lastSeenOn === null) return fail('never seen');
      step = 'list';
      const keys = LISTED.parse(await this.#run(list));
      if (!keys.some((key) => key.keyId === keyId && key.lastSeenOn === lastSeenOn)) return fail('not listed so');
      step = 'rotate';
      const successor = ISSUED.parse(await this.#run(rotate, keyId, '--overlap', '24h'));
      step = 'revoke';
      REVOKED.parse(await this.#run(revoke, successor.keyId));
      step = 'shown revoked';
      const { status } = await this.#show(successor.keyId);
      return status === 'revoked' ? undefined : fail(status);
    } catch (error) {
      return fail(codeOf(error));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#statePath, { recursive: true });
  }

  async #show(keyId: string): Promise<z.infer<typeof DESCRIBED>> {
    return DESCRIBED.parse(await this.#run(show, keyId));
  }

  async #run(command: Command, ...args: string[]): Promise<unknown> {
    const [stdout = ''] = await printed.run([], async () => {
      await command.run([...args, '--output', 'json', '--local', '--state', this.#statePath], Date.now());
      return printed.getStore() ?? [];
    });
    return JSON.parse(stdout);
  }
}

type Done = (error?: Error | null) => void;

/** Keeps what commands print for those who ran them, however many run at once. It ends with `vi.restoreAllMocks`. */
export function keepPrinted(): void {
  // A command listens for errors of its one output; here many commands have the same.
  process.stdout.setMaxListeners(0);
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, 'write').mockImplementation(
      (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done) => {
        const texts = printed.getStore();
        if (texts === undefined) return write(chunk);
        texts.push(String(chunk));
        (typeof encoding === 'function' ? encoding : done)?.();
        return true;
      },
    );
  }
}
