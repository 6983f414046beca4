/**
 * SWF's faults as they go over the wire. Every one of them is answered with HTTP 400 and the body
 * `{"__type": type, "message": message}`; clients look only at what follows the `#`.
 */
const MODEL = 'com.amazonaws.swf.base.model#';

/** A refusal in SWF's own form: `type` is the whole `__type`, `message` SWF's text, which clients match on. */
export class SwfFault extends Error {
  override readonly name = 'SwfFault';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Throttling is not in SWF's model; this form was captured from the live service (botify-labs/simpleflow issue 108). */
export const throttled = (): SwfFault =>
  new SwfFault('com.amazon.coral.availability#ThrottlingException', 'Rate exceeded');

export const validationFault = (message: string): SwfFault =>
  new SwfFault('com.amazon.coral.validate#ValidationException', message);

export const invalidToken = (): SwfFault => validationFault('Invalid token');

/** The text is assumed: Coral words it so for other AWS JSON services. */
export const serializationFault = (found: string, wanted: string): SwfFault =>
  new SwfFault('com.amazon.coral.service#SerializationException', `${found} can not be converted to ${wanted}`);

export const unknownOperation = (): SwfFault =>
  new SwfFault(
    'com.amazon.coral.service#UnknownOperationException',
    'The requested operation is not known to the service.',
  );

/** Something broke on this side: the journal could not be written, or the emulator is closed. */
export const internalFailure = (message: string): SwfFault =>
  new SwfFault('com.amazon.coral.service#InternalFailure', message);

const unknownResource = (message: string): SwfFault => new SwfFault(`${MODEL}UnknownResourceFault`, message);

export const unknownDomain = (domain: string): SwfFault => unknownResource(`Unknown domain: ${domain}`);

export const unknownActivity = (scheduledEventId: number): SwfFault =>
  unknownResource(`Unknown activity, scheduledEventId = ${scheduledEventId}`);

export const unknownDecision = (scheduledEventId: number): SwfFault =>
  unknownResource(`Unknown decision, scheduledEventId = ${scheduledEventId}`);

/** Two texts: SWF names the run where the caller did, and only the workflow id where it did not. */
export const unknownExecution = (workflowId: string | undefined, runId: string | undefined): SwfFault => {
  if (runId === undefined) return unknownResource(`Unknown execution, workflowId = ${workflowId ?? ''}`);
  const workflow = workflowId === undefined ? '' : `workflowId=${workflowId}, `;
  return unknownResource(`Unknown execution: WorkflowExecution=[${workflow}runId=${runId}]`);
};

/** What SWF registers under a name and a version. */
export type TypeFamily = 'ActivityType' | 'WorkflowType';

/** SWF's way to print a type in its faults. */
const printed = (family: TypeFamily, name: string, version: string): string =>
  `${family}=[name=${name}, version=${version}]`;

export const unknownType = (family: TypeFamily, name: string, version: string): SwfFault =>
  unknownResource(`Unknown type: ${printed(family, name, version)}`);

export const typeAlreadyExists = (family: TypeFamily, name: string, version: string): SwfFault =>
  new SwfFault(`${MODEL}TypeAlreadyExistsFault`, printed(family, name, version));

export const typeDeprecated = (family: TypeFamily, name: string, version: string): SwfFault =>
  new SwfFault(`${MODEL}TypeDeprecatedFault`, printed(family, name, version));

export const domainAlreadyExists = (domain: string): SwfFault =>
  new SwfFault(`${MODEL}DomainAlreadyExistsFault`, domain);

export const domainDeprecated = (domain: string): SwfFault => new SwfFault(`${MODEL}DomainDeprecatedFault`, domain);

/** Sources differ on this text ("Already Started" or none); an emulator that compared with the live service has none. */
export const executionAlreadyStarted = (): SwfFault => new SwfFault(`${MODEL}WorkflowExecutionAlreadyStartedFault`, '');

export const defaultUndefined = (member: string): SwfFault => new SwfFault(`${MODEL}DefaultUndefinedFault`, member);

/** The texts of this fault are assumed. */
export const limitExceeded = (message: string): SwfFault => new SwfFault(`${MODEL}LimitExceededFault`, message);
