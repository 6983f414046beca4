import type { FaultableCall, FaultRule } from '../faults.ts';
import type { Access } from './access.ts';

/**
 * What is in force for the credentials that were issued in it: policies, and faults on demand. A running stack has one;
 * more can be opened beside it, to see what changes when a permission is missing or an API fails, all at the same time.
 */
export interface Realm {
  readonly access: Access;
  readonly faults: { readonly find: (call: FaultableCall) => FaultRule | undefined };
}
