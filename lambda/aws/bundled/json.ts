import type { Fault } from './aws-call.ts';

/**
 * Reads a fault of AWS JSON. A namespace and `#` may precede its name. A body that is not JSON does not come from the service, so
 * it has no name.
 */
export function readFault(body: string): Fault {
  try {
    const { __type: type, message, Message: capital, Item } = readObject(body);
    const name = typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : '';
    return { name, message: [message, capital].find((text) => typeof text === 'string') ?? '', Item };
  } catch {
    return { name: '', message: '' };
  }
}

export function readObject(body: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
