/**
 * SWF's faults on the wire. SWF answers each of them with HTTP 400 and the body `{"__type": type, "message": message}`.
 * Clients look only at the part after the `#`.
 */
const MODEL = 'com.amazonaws.swf.base.model#';

/** A fault of SWF. `type` is the complete `__type`. `message` is SWF's text, which clients match on. */
export class SwfFault extends Error {
  override readonly name = 'SwfFault';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** SWF's model has no throttling fault. This one comes from the live service (botify-labs/simpleflow issue 108). */
export const throttled = (): SwfFault =>
  new SwfFault('com.amazon.coral.availability#ThrottlingException', 'Rate exceeded');

export const validationFault = (message: string): SwfFault =>
  new SwfFault('com.amazon.coral.validate#ValidationException', message);

export const invalidToken = (): SwfFault => validationFault('Invalid token');

/** The text is an assumption: Coral uses it for other AWS JSON services. */
export const serializationFault = (found: string, wanted: string): SwfFault =>
  new SwfFault('com.amazon.coral.service#SerializationException', `${found} can not be converted to ${wanted}`);

export const unknownOperation = (): SwfFault =>
  new SwfFault(
    'com.amazon.coral.service#UnknownOperationException',
    'The requested operation is not known to the service.',
  );

/** An error of the emulator: it could not write the journal, or it is closed. */
export const internalFailure = (message: string): SwfFault =>
  new SwfFault('com.amazon.coral.service#InternalFailure', message);

const unknownResource = (message: string): SwfFault => new SwfFault(`${MODEL}UnknownResourceFault`, message);

export const unknownDomain = (domain: string): SwfFault => unknownResource(`Unknown domain: ${domain}`);

export const unknownActivity = (scheduledEventId: number): SwfFault =>
  unknownResource(`Unknown activity, scheduledEventId = ${scheduledEventId}`);

/** The text is that of moto. AWS does not document it. */
export const unknownDecision = (scheduledEventId: number): SwfFault =>
  unknownResource(`Unknown decision task, scheduledEventId = ${scheduledEventId}`);

/** SWF has two texts: it names the run if the caller did, otherwise only the workflow id. */
export const unknownExecution = (workflowId: string | undefined, runId: string | undefined): SwfFault => {
  if (runId === undefined) return unknownResource(`Unknown execution, workflowId = ${workflowId ?? ''}`);
  const workflow = workflowId === undefined ? '' : `workflowId=${workflowId}, `;
  return unknownResource(`Unknown execution: WorkflowExecution=[${workflow}runId=${runId}]`);
};

/** The kinds of types that SWF registers under a name and a version. */
export type TypeFamily = 'ActivityType' | 'WorkflowType';

/** The format of a type in SWF's faults. */
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

/**
 * Sources differ on this text ("Already Started" or none). An emulator that was compared with the live service has no
 * text.
 */
export const executionAlreadyStarted = (): SwfFault => new SwfFault(`${MODEL}WorkflowExecutionAlreadyStartedFault`, '');

export const defaultUndefined = (member: string): SwfFault => new SwfFault(`${MODEL}DefaultUndefinedFault`, member);

/** The texts of this fault are assumptions. */
export const limitExceeded = (message: string): SwfFault => new SwfFault(`${MODEL}LimitExceededFault`, message);
