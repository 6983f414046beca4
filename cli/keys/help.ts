export const KEY_ID_HELP = 'HBRK and 16 letters and digits: the part before the dot';
export const OUTPUT_FILE_HELP = 'writes it to a new file that only you can read, instead of printing it';
export const EXPIRES_IN_HELP = '90d, 12h, 30m or 45s';
export const EXPIRES_AT_HELP = 'a date, which means 00:00 UTC, or a time like 2027-01-31T18:00:00Z';

/** Of `--rate`. */
export const MAX_RATE = 100_000;
