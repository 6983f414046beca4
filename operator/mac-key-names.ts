/**
 * Which of a relay's KMS keys a worker key comes from. `other`: one that the relay does not have, so it refuses the key. In a
 * file of its own, because the command line loads it always.
 */
export const MAC_KEYS = ['newest', 'earlier', 'other'] as const;

export type MacKeyName = (typeof MAC_KEYS)[number];
