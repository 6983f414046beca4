import type { HttpEvent, HttpResult } from '../../../lambda/http/event.ts';
import { aSignedRequest, aSigning, type Signing } from './signed-request.ts';
import { toAuthorization } from './worker-key-records.ts';
import { ordersKey, toEvent } from '../test-app.ts';

export const RECORDED = '{"cancelRequested":false}';
export const CORAL = 'com.amazon.coral.service#';

/** A heartbeat as the AWS CLI sends it. */
export const signed = (over: Partial<Signing> = {}): HttpEvent => toEvent(aSignedRequest(over));

const withoutTarget = ({
  'x-amz-target': _target,
  ...rest
}: Readonly<Record<string, string>>): Record<string, string> => rest;

/** A request of an HTTP client that can sign, to a path that is not one of AWS's. It names no operation. */
export const signedWithoutTarget = (over: Partial<Signing> = {}): HttpEvent => {
  const headers = withoutTarget(over.headers ?? aSigning().headers);
  return signed({ names: Object.keys(headers).sort(), ...over, headers });
};

/** The same request, with a bearer key for its signature. */
export const borne = (over: Partial<Signing> = {}): HttpEvent => bearing(signed(over));

export const borneWithoutTarget = (over: Partial<Signing> = {}): HttpEvent => bearing(signedWithoutTarget(over));

function bearing(event: HttpEvent): HttpEvent {
  return { ...event, headers: { ...event.headers, authorization: toAuthorization(ordersKey) } };
}

export const toFault = ({ body }: HttpResult): unknown => JSON.parse(body);
