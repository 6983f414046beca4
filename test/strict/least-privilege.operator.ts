import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { CONNECTION_FILE, type Connection, LOCK_FILE } from '../../local/connection.ts';
import { issue } from '../../cli/keys/issue.ts';
import { list } from '../../cli/keys/list.ts';
import { purge } from '../../cli/keys/purge.ts';
import { revoke } from '../../cli/keys/revoke.ts';
import { rotate } from '../../cli/keys/rotate.ts';
import { show } from '../../cli/keys/show.ts';
import type { Access } from '../../local/aws/access.ts';
import { Faults } from '../../local/faults.ts';
import { type KeyOperatorRole, toKeyOperator } from '../../local/local-aws.ts';
import { FakeTerminal } from '../cli/fake-terminal.ts';
import { DESCRIBED, ISSUED, type IssuedJson, SHOWN, type ShownJson } from '../e2e/keys-command.ts';
import type { SharedStack } from './function-under-test.ts';
import { codeOf, EVERYWHERE, type Failure, type Step } from './least-privilege.failure.ts';

const LISTED = z.array(DESCRIBED);
const HOUR_MS = 3_600_000;

const PURGED = z.object({ keyId: z.string(), isRemoved: z.literal(true) });
const REVOKED = z.object({ wasRevoked: z.literal(false) });

/** Ids of a key that is issued now, and of one that an earlier version issued. */
export interface ViewedKeys {
  readonly current: string;
  readonly version1: string;
}

/** The documented commands, by somebody who has one of the stack's policies for operators and nothing else. */
export class KeyOperator implements Disposable {
  readonly #statePath = mkdtempSync(join(tmpdir(), 'heartbeat-relay-operator-'));
  /** Stories are told side by side, on the same table. */
  readonly #label = `least privilege ${randomUUID()}`;
  readonly #relay = { local: true, state: this.#statePath, output: 'json' } as const;

  /** A state folder as a running stack has it, with this operator's credentials. */
  constructor({ stack }: SharedStack, access: Access, role: KeyOperatorRole = 'issuer') {
    const { template, credentials, relayUrl, awsUrl, region, accountId } = stack;
    const realm = { access, faults: new Faults(Date.now, Math.random) };
    const operator = credentials.issueUserKey(toKeyOperator(template, realm, role));
    const nothing = { keyId: '', secret: '', taskToken: '', taskId: '', workflowId: '', runId: '', activityId: '' };
    const used = { relayUrl, awsUrl, region, accountId, operator };
    const connection: Connection = { ...used, domain: '', worker: nothing, task: nothing };
    writeFileSync(join(this.#statePath, LOCK_FILE), String(process.pid));
    writeFileSync(join(this.#statePath, CONNECTION_FILE), JSON.stringify(connection));
  }

  async issue(domains: readonly string[]): Promise<IssuedJson> {
    const options = { ...this.#relay, label: this.#label, domain: domains };
    return ISSUED.parse(await readJson(async (terminal) => issue(options, terminal, Date.now())));
  }

  /** What `show` says of a key's record. */
  async sealOf(keyId: string): Promise<ShownJson['seal']> {
    return (await this.#show(keyId)).seal;
  }

  /** @returns the first step that fails. */
  async manage({ keyId }: IssuedJson): Promise<Failure | undefined> {
    let step: Step = 'show';
    const fail = (code: string): Failure => ({ step, code, where: EVERYWHERE });
    try {
      const { lastSeenOn } = await this.#show(keyId);
      if (lastSeenOn === null) return fail('never seen');
      step = 'list';
      const keys = LISTED.parse(await readJson(async (terminal) => list(this.#relay, terminal, Date.now())));
      if (!keys.some((key) => key.keyId === keyId && key.lastSeenOn === lastSeenOn)) return fail('not listed so');
      step = 'rotate';
      const successor = ISSUED.parse(
        await readJson(async (terminal) => rotate(keyId, { ...this.#relay, overlap: '24h' }, terminal, Date.now())),
      );
      step = 'revoke';
      REVOKED.parse(await readJson(async (terminal) => revoke(successor.keyId, this.#relay, terminal)));
      step = 'shown revoked';
      const { status } = await this.#show(successor.keyId);
      if (status !== 'revoked') return fail(status);
      step = 'purge';
      const { keyId: purged } = PURGED.parse(await readJson(async (terminal) => this.#purge(terminal)));
      return purged === successor.keyId ? undefined : fail('another key was purged');
    } catch (error) {
      return fail(codeOf(error));
    }
  }

  /** What a policy without `GenerateMac` is for. @returns the first step that fails. */
  async view({ current, version1 }: ViewedKeys, mayRevoke: boolean): Promise<Failure | undefined> {
    let step: Step = 'show';
    try {
      await this.#show(current);
      step = 'list';
      LISTED.parse(await readJson(async (terminal) => list(this.#relay, terminal, Date.now())));
      if (!mayRevoke) return undefined;
      step = 'revoke';
      REVOKED.parse(await readJson(async (terminal) => revoke(current, this.#relay, terminal)));
      step = 'revoke version 1';
      REVOKED.parse(await readJson(async (terminal) => revoke(version1, this.#relay, terminal)));
      return undefined;
    } catch (error) {
      return { step, code: codeOf(error), where: EVERYWHERE };
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#statePath, { recursive: true });
  }

  /** In an hour, when the successor has long been revoked and the rotated key is still valid. */
  async #purge(terminal: FakeTerminal): Promise<void> {
    const options = { ...this.#relay, endedBefore: '1m', label: this.#label, yes: true };
    await purge(options, terminal, Date.now() + HOUR_MS);
  }

  async #show(keyId: string): Promise<ShownJson> {
    return SHOWN.parse(await readJson(async (terminal) => show(keyId, this.#relay, terminal, Date.now())));
  }
}

/** What a command prints with `--output json`. */
async function readJson(command: (terminal: FakeTerminal) => Promise<void>): Promise<unknown> {
  const terminal = new FakeTerminal();
  await command(terminal);
  return JSON.parse(terminal.stdout);
}
