/** Far above the largest heartbeat (1024 + 2048 characters, JSON-escaped). SWF's own limit is 1 MB. */
export const BODY_MAX_KIB = 64;
