import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { IssuedKey } from '../../operator/key-plan.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { toJson } from '../json.ts';
import { ClosedPipeError, printIfRead, type Terminal } from '../terminal.ts';
import { type IssuedOutput, SecretNotReadError, toIssuedFields, toIssuedText } from './issued-key.ts';
import { writeSecretOnce } from './output-file.ts';
import { toPrintable } from './printable.ts';

/** Where the secrets of many successors go. */
export interface SuccessorWriter {
  /** @throws SecretNotReadError */
  readonly deliver: (oldKeyId: string, issued: IssuedKey, relay: Target) => Promise<void>;
  /** Tells that the rotation is complete. */
  readonly confirm: (old: ManagedKey, issued: IssuedKey) => Promise<void>;
}

interface Destination {
  readonly output: IssuedOutput;
  readonly outputFolder?: string;
}

const EXTENSIONS: Readonly<Record<IssuedOutput, string>> = {
  table: 'txt',
  json: 'json',
  env: 'env',
  'aws-profile': 'config',
};

/** @throws UsageError unless the secrets go to a folder, or to another program as JSON. */
export function createSuccessorWriter({ output, outputFolder }: Destination, terminal: Terminal): SuccessorWriter {
  if (outputFolder !== undefined) return toFolder(outputFolder, output, terminal);
  if (output === 'json') return toLines(terminal);
  throw new UsageError(
    'with --all, the secrets go to --output-folder FOLDER, or to standard output with --output json',
  );
}

/** A file for each successor, which only the user can read. Standard output gets a line for each, without the secret. */
function toFolder(folder: string, output: IssuedOutput, terminal: Terminal): SuccessorWriter {
  makeFolder(folder);
  const fileOf = ({ keyId }: IssuedKey): string => join(folder, `${keyId}.${EXTENSIONS[output]}`);
  return {
    deliver: async (oldKeyId, issued, relay) => {
      try {
        writeSecretOnce(fileOf(issued), toIssuedText(output, issued, relay));
      } catch (cause) {
        throw notRead(oldKeyId, issued, cause);
      }
    },
    confirm: async (old, issued) => {
      const line = `${old.keyId} ${toEnd(old)}, ${old.label}: successor in ${fileOf(issued)}`;
      await printIfRead(terminal, `${toPrintable(line)}\n`);
    },
  };
}

/** @throws UsageError */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--output-folder cannot be used: ${reason}`, { cause });
  }
}

/** One JSON object for each successor, with its secret, on a line of its own. */
function toLines(terminal: Terminal): SuccessorWriter {
  return {
    deliver: async (oldKeyId, issued, relay) => {
      try {
        await terminal.print(`${toJson({ rotatedKeyId: oldKeyId, ...toIssuedFields(issued, relay) })}\n`);
      } catch (cause) {
        throw cause instanceof ClosedPipeError ? notRead(oldKeyId, issued, cause) : cause;
      }
    },
    confirm: async () => undefined,
  };
}

function notRead(oldKeyId: string, { keyId }: IssuedKey, cause: unknown): SecretNotReadError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = 'the same command carries on here';
  return new SecretNotReadError(
    `nobody read the secret of ${keyId}, which follows ${oldKeyId} (${reason}): ${advice}`,
    {
      cause,
    },
  );
}

/** Somebody may have revoked the old key meanwhile. */
function toEnd({ status, expiresAtMs }: ManagedKey): string {
  if (status === 'revoked' || expiresAtMs === null) return 'is revoked';
  return `is valid until ${new Date(expiresAtMs).toISOString()}`;
}
