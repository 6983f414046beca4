import { XMLBuilder } from 'fast-xml-parser';

import type { AwsAnswer, AwsApi, AwsCall } from './api.ts';

const XML = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** AWS's query protocol: a form with an `Action`, answered in XML. */
export const queryProtocol: Pick<AwsApi, 'findOperation' | 'toFaultAnswer'> = {
  findOperation: (_headers, body) => parseForm(body).get('Action') ?? undefined,
  toFaultAnswer: ({ code, message, status }) => ({
    status,
    contentType: 'text/xml',
    body: XML.build({
      ErrorResponse: { Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message } },
    }),
  }),
};

export function parseForm(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

/** `<OperationResponse><OperationResult>…`, as every operation of the protocol is answered. */
export function toQueryAnswer({ operation }: AwsCall, namespace: string, result: object): AwsAnswer {
  const response = { '@xmlns': namespace, [`${operation}Result`]: result };
  return { status: 200, contentType: 'text/xml', body: XML.build({ [`${operation}Response`]: response }) };
}
