import { randomBytes } from 'node:crypto';

import type { Caller } from './api.ts';

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present in a session's credentials, which are no good without it. */
  readonly sessionToken?: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs?: number;
}

/** A session's credentials. */
export type SessionCredential = Credential & { readonly sessionToken: string };

interface Entry {
  readonly credential: Credential;
  readonly caller: Caller;
}

/** The access keys that the local AWS endpoint knows. They live as long as it runs. */
export class Credentials {
  readonly #entries = new Map<string, Entry>();

  /** A user's key pair; `AKIA` as AWS has it. */
  issueUserKey(caller: Caller): Credential {
    return this.#keep({ accessKeyId: newId('AKIA'), secretAccessKey: newSecret() }, caller);
  }

  /** A session's credentials; `ASIA` as AWS has it. */
  issueSession(caller: Caller, expiresAtMs?: number): SessionCredential {
    const sessionToken = randomBytes(192).toString('base64');
    const credential = { accessKeyId: newId('ASIA'), secretAccessKey: newSecret(), sessionToken };
    const complete = expiresAtMs === undefined ? credential : { ...credential, expiresAtMs };
    this.#keep(complete, caller);
    return complete;
  }

  find(accessKeyId: string): Entry | undefined {
    return this.#entries.get(accessKeyId);
  }

  #keep(credential: Credential, caller: Caller): Credential {
    this.#entries.set(credential.accessKeyId, { credential, caller });
    return credential;
  }
}

/** 16 hexadecimal digits in upper case: within AWS's alphabet for access key ids. */
function newId(prefix: string): string {
  return prefix + randomBytes(8).toString('hex').toUpperCase();
}

function newSecret(): string {
  return randomBytes(30).toString('base64');
}
