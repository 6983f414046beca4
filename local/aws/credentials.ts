import { randomBytes } from 'node:crypto';

import type { Caller } from './api.ts';

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present in a session's credentials, which are invalid without it. */
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

/** The access keys of the local AWS endpoint. They exist only as long as it runs. */
export class Credentials {
  readonly #entries = new Map<string, Entry>();

  /** Issues a user's key pair. The id starts with `AKIA`, as on AWS. */
  issueUserKey(caller: Caller): Credential {
    return this.#store({ accessKeyId: newId('AKIA'), secretAccessKey: newSecret() }, caller);
  }

  /** Issues a session's credentials. The id starts with `ASIA`, as on AWS. */
  issueSession(caller: Caller, expiresAtMs?: number): SessionCredential {
    const sessionToken = randomBytes(192).toString('base64');
    const credential = { accessKeyId: newId('ASIA'), secretAccessKey: newSecret(), sessionToken };
    const complete = expiresAtMs === undefined ? credential : { ...credential, expiresAtMs };
    this.#store(complete, caller);
    return complete;
  }

  find(accessKeyId: string): Entry | undefined {
    return this.#entries.get(accessKeyId);
  }

  #store(credential: Credential, caller: Caller): Credential {
    this.#entries.set(credential.accessKeyId, { credential, caller });
    return credential;
  }
}

/** Appends 16 upper-case hexadecimal digits, which AWS's alphabet for access key ids contains. */
function newId(prefix: string): string {
  return prefix + randomBytes(8).toString('hex').toUpperCase();
}

function newSecret(): string {
  return randomBytes(30).toString('base64');
}
