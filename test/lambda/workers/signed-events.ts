import type { HttpEvent, HttpResult } from '../../../lambda/http/event.ts';
import { aSignedRequest, type Signing } from './signed-request.ts';
import { toAuthorization } from './worker-key-records.ts';
import { ordersKey, toEvent } from '../test-app.ts';

export const RECORDED = '{"cancelRequested":false}';
export const CORAL = 'com.amazon.coral.service#';

/** A heartbeat as the AWS CLI sends it. */
export const signed = (over: Partial<Signing> = {}): HttpEvent => toEvent(aSignedRequest(over));

/** The same request, with a bearer key for its signature. */
export const borne = (over: Partial<Signing> = {}): HttpEvent => {
  const event = signed(over);
  return { ...event, headers: { ...event.headers, authorization: toAuthorization(ordersKey) } };
};

export const toFault = ({ body }: HttpResult): unknown => JSON.parse(body);
