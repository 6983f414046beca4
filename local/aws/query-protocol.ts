import { XMLBuilder } from 'fast-xml-parser';

import type { AwsAnswer, AwsApi, AwsCall } from './api.ts';

const XML = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** AWS's query protocol: the request is a form with an `Action`, the answer is XML. */
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

/** Creates `<OperationResponse><OperationResult>…`, the answer format of every operation of the protocol. */
export function toQueryAnswer({ operation }: AwsCall, namespace: string, result: object): AwsAnswer {
  const response = { '@xmlns': namespace, [`${operation}Result`]: result };
  return { status: 200, contentType: 'text/xml', body: XML.build({ [`${operation}Response`]: response }) };
}
