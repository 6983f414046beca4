import { z } from 'zod';

import type { Answer } from '../../simulate/model/answer.ts';

/** An answer of the relay, as far as the simulation's workers look at it. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: unknown;
}

const BODY = z.object({ code: z.string().optional(), forwarded: z.boolean().optional() });

/** Who throttled, by the answer's code. The gateway's own answer has none. */
const THROTTLED_BY = { KeyThrottled: 'key', DomainThrottled: 'domain', SwfThrottled: 'swf' } as const;

/** What a worker of the simulation hears when the real relay answers. */
export function toHeardAnswer({ status, retryAfter, body }: HttpAnswer): Answer {
  const { code = '', forwarded } = BODY.parse(body);
  const hint = retryAfter === undefined ? {} : { retryAfterMs: 1000 * Number(retryAfter) };
  switch (status) {
    case 200:
      return { kind: forwarded === true ? 'recorded' : 'paced' };
    case 400:
    case 403:
      return { kind: 'refused' };
    case 410:
      return { kind: 'closed' };
    case 429:
      return {
        kind: 'throttled',
        by: Object.entries(THROTTLED_BY).find(([name]) => name === code)?.[1] ?? 'gateway',
        ...hint,
      };
    case 503:
      return { kind: 'unavailable', ...hint };
    default:
      throw new Error(`the relay answered ${status} ${code}`);
  }
}
