import { ERROR_CLASSES as errors } from '../lambda/error-classes.ts';
import type { Outcome, SuccessCode } from '../../lambda/http/outcome.ts';
import type { AnswerFormat } from '../../lambda/http/route.ts';
import type { Container } from './function-under-test.ts';

/** The compiler asks for every code there is. */
const SUCCESSES: Readonly<Record<SuccessCode, readonly AnswerFormat[]>> = {
  Recorded: ['native', 'aws'],
  CancelRequested: ['native', 'aws'],
  CancelRequestedFromCache: ['native', 'aws'],
  Paced: ['native', 'aws'],
  TaskRead: ['native'],
  TaskCompleted: ['native', 'aws'],
  TaskFailed: ['native', 'aws'],
  TaskCanceled: ['native', 'aws'],
  EndRepeated: ['native', 'aws'],
  Healthy: ['native'],
};

/** Only some paths can fail so. */
const ONE_FORMAT_ONLY: Readonly<Record<string, AnswerFormat>> = {
  TaskUnknownError: 'native',
  UnknownOperationError: 'aws',
  DomainNotNamedError: 'aws',
  WrongEndpointError: 'aws',
};

/** Everything that a form can be asked to say. */
export function namesOf(form: AnswerFormat): string[] {
  const successes = Object.entries(SUCCESSES).flatMap(([code, forms]) => (forms.includes(form) ? [code] : []));
  const failures = Object.keys(errors).filter((name) => (ONE_FORMAT_ONLY[name] ?? form) === form);
  return [...successes, ...failures].sort();
}

/** What these containers met together. */
export function namesMetBy(containers: readonly Container[]): string[] {
  const toNames = (outcome: Outcome): readonly string[] => {
    if (outcome.kind === 'batch') return outcome.entries.flatMap((entry) => toNames(entry.outcome));
    return [outcome.kind === 'answered' ? outcome.code : outcome.error.name];
  };
  return [...new Set(containers.flatMap(({ outcomes }) => outcomes.flatMap(toNames)))].sort();
}
