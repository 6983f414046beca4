/** Stands in everything that a caller chooses; it fits a path, a key id and a secret alike. */
export const MARK = 'MARKMARKMARK';

/** A key id and a secret by their form. */
export const MARKED_KEY_ID = `HBRK${MARK}AAAA`;
export const MARKED_SECRET = MARK.padEnd(43, '-');

/** Headers that the relay has no use for, some of which others echo. */
export const markedHeaders: Readonly<Record<string, string>> = {
  'x-request-id': MARK,
  'x-amzn-requestid': MARK,
  'x-amzn-trace-id': MARK,
  'user-agent': MARK,
  origin: `https://${MARK}.example`,
  'access-control-request-method': MARK,
  'content-type': `application/${MARK}`,
  accept: MARK,
  cookie: `${MARK}=${MARK}`,
};
