import type { Domain } from '../environment/environment.ts';
import type { SharedHeartbeat } from '../share/fair-share.ts';
import { type DeclaredPace, toPace } from '../share/pacing.ts';
import type { SharedBucket } from '../share/rate-limits.ts';
import { type Rate, toDomainRate, toKeyRate } from '../share/rate.ts';
import type { GrantedDomain } from '../workers/grant.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { TaskId } from './heartbeat.ts';

/** A version 1 key names no rate. */
const DEFAULT_KEY_RATE = toKeyRate();

/** What the settings of a domain say, in the form that fair share takes. */
interface DomainShare {
  readonly bucket: SharedBucket;
  readonly configured: DeclaredPace;
}

/** Says what fair share looks at. What depends on the domain alone is made once. */
export class SharedHeartbeats {
  readonly #shares = new WeakMap<Domain, DomainShare>();

  /** @param declared what the worker says about its pace; undefined if its heartbeats must not be paced. */
  of(
    worker: VerifiedWorker,
    domain: GrantedDomain,
    taskId: TaskId,
    declared: DeclaredPace | undefined,
  ): SharedHeartbeat {
    const { bucket, configured } = this.#shareOf(domain);
    const key = { name: `key/${worker.keyId}`, rate: toRate(worker) };
    const pace = declared === undefined ? undefined : toPace(declared, configured);
    return { task: `${domain.name}\n${taskId}`, pace, buckets: [key, bucket] };
  }

  #shareOf(domain: Domain): DomainShare {
    const known = this.#shares.get(domain);
    if (known !== undefined) return known;
    const share = toDomainShare(domain);
    this.#shares.set(domain, share);
    return share;
  }
}

/** Whether it is the bucket of a key. The other one is that of a domain. */
export function isOfKey(bucket: SharedBucket, { buckets }: SharedHeartbeat): boolean {
  return bucket === buckets[0];
}

function toDomainShare({ name, rate, heartbeatTimeoutSeconds, nextHeartbeatSeconds }: Domain): DomainShare {
  return {
    bucket: { name: `domain/${name}`, rate: toDomainRate(rate?.perSecond, rate?.burst) },
    configured: { timeoutSeconds: heartbeatTimeoutSeconds, intervalSeconds: nextHeartbeatSeconds },
  };
}

function toRate(worker: VerifiedWorker): Rate {
  return 'grant' in worker ? toKeyRate(worker.grant.rate) : DEFAULT_KEY_RATE;
}
