import { BoundedMap } from './bounded-map.ts';
import {
  isUsable,
  toDomainSet,
  type KeyId,
  type UnverifiedProof,
  verifyWorker,
  type VerifiedWorker,
  type WorkerKeyRecord,
  type WorkerSecret,
} from './core/worker-key.ts';
import { CALL_CAP_MS, type Deadline } from './deadline.ts';
import { UnauthenticatedError } from './errors.ts';
import type { VerifyProof } from './middleware/authenticate.ts';
import type { Trace } from './trace.ts';

export interface KeySource {
  /** A consistent read of the key's record. Throws where the table can't be read. */
  readonly findRecord: (keyId: KeyId, signal: AbortSignal) => Promise<WorkerKeyRecord | undefined>;
  /** Derives the secret of a record's key and domains. Throws where KMS can't. */
  readonly deriveSecret: (record: WorkerKeyRecord, signal: AbortSignal) => Promise<WorkerSecret>;
  /** A secret that nobody knows. */
  readonly randomSecret: () => WorkerSecret;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** With a minute promised for a revocation to hold everywhere, 10 s are left for a request under way. */
const RECORD_FRESH_MS = 50_000;
const UNKNOWN_FRESH_MS = 10_000;

/** A key that was seen good stays good this long after its last read, while the table can't be read. */
const STALE_USABLE_MS = 10 * 60_000;

/** Unknown ids are kept apart, so that guessing evicts no real key. */
const MAX_KNOWN_KEYS = 2_000;
const MAX_UNKNOWN_KEYS = 2_000;

interface KnownKey {
  readonly record: WorkerKeyRecord;
  /** Epoch milliseconds when the read of the record began. */
  readonly readAtMs: number;
  readonly secret?: WorkerSecret;
  /** Whether a caller has proved to hold the secret of this very record. */
  readonly wasSeenGood: boolean;
}

/** Checks proofs against the table of worker keys, remembering per container what it read and derived. */
export function createVerifyProof(source: KeySource): VerifyProof {
  const known = new BoundedMap<KeyId, KnownKey>(MAX_KNOWN_KEYS);
  const unknown = new BoundedMap<KeyId, number>(MAX_UNKNOWN_KEYS);

  const findKey = async (keyId: KeyId, deadline: Deadline, trace: Trace): Promise<KnownKey | undefined> => {
    const now = source.clock();
    const cached = known.get(keyId);
    if (cached !== undefined && now - cached.readAtMs < RECORD_FRESH_MS) return cached;
    const unknownSince = unknown.get(keyId);
    if (unknownSince !== undefined && now - unknownSince < UNKNOWN_FRESH_MS) return undefined;
    try {
      const record = await source.findRecord(keyId, deadline.signal(CALL_CAP_MS.table));
      return keep(keyId, record, now);
    } catch (error) {
      if (cached?.wasSeenGood !== true || now - cached.readAtMs >= STALE_USABLE_MS) throw error;
      trace.sideEvents.add('StaleKeyUsed');
      return cached;
    }
  };

  const keep = (keyId: KeyId, record: WorkerKeyRecord | undefined, readAtMs: number): KnownKey | undefined => {
    if (record === undefined) {
      known.delete(keyId);
      unknown.set(keyId, readAtMs);
      return undefined;
    }
    const previous = known.get(keyId);
    const isSame = previous !== undefined && isSameGrant(previous.record, record);
    const key = isSame ? { ...previous, record, readAtMs } : { record, readAtMs, wasSeenGood: false };
    unknown.delete(keyId);
    known.set(keyId, key);
    return key;
  };

  const verifyKnown = async (proof: UnverifiedProof, key: KnownKey, deadline: Deadline): Promise<VerifiedWorker> => {
    if (!isUsable(key.record, source.clock())) throw new UnauthenticatedError('bad-key');
    const secret = key.secret ?? (await source.deriveSecret(key.record, deadline.signal(CALL_CAP_MS.kms)));
    known.set(proof.keyId, { ...key, secret });
    const worker = verifyWorker(proof, secret, key.record, source.clock());
    known.set(proof.keyId, { ...key, secret, wasSeenGood: true });
    return worker;
  };

  return async (proof, deadline, trace) => {
    const key = await findKey(proof.keyId, deadline, trace);
    if (key === undefined) return verifyWorker(proof, source.randomSecret(), undefined, source.clock());
    return verifyKnown(proof, key, deadline);
  };
}

/** Whether the secret derived for one record is that of the other. */
function isSameGrant(one: WorkerKeyRecord, other: WorkerKeyRecord): boolean {
  return (
    one.derivation.version === other.derivation.version &&
    one.derivation.kmsKeyArn === other.derivation.kmsKeyArn &&
    toDomainSet(one.domains).join('\n') === toDomainSet(other.domains).join('\n')
  );
}
