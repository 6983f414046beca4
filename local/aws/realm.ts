import type { FaultableCall, FaultRule } from '../faults.ts';
import type { Access } from './access.ts';

/**
 * The policies and the injected faults that apply to a set of credentials. A running stack has one realm. Tests open
 * more, to compare at the same time how the relay behaves without a permission or with a failing API.
 */
export interface Realm {
  readonly access: Access;
  readonly faults: { readonly find: (call: FaultableCall) => FaultRule | undefined };
}
