import type { AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';
import { jsonProtocol, toJsonAnswer } from './json-protocol.ts';
import type { LocalSwf } from './swf/local-swf.ts';

/** The service name in the credential scope. AWS has no service of this name. */
export const LOCAL_STACK_SERVICE = 'local-stack';

export const LIST_ACTIVITY_TASKS = 'ListActivityTasks';

/**
 * What only this machine's stack can tell, for the commands of its operator: AWS JSON 1.0, signed like every other call.
 * The template's roles have no policy for it, so IAM refuses everybody but the administrator.
 */
export function createLocalStackApi(swf: LocalSwf): AwsApi {
  return {
    ...jsonProtocol('1.0'),
    name: LOCAL_STACK_SERVICE,
    answer: async ({ operation, caller }) => {
      caller.realm.access.authorize(caller, { action: `${LOCAL_STACK_SERVICE}:${operation}`, resource: '*' });
      if (operation !== LIST_ACTIVITY_TASKS) throw new AwsFault('UnknownOperationException', 'not a known operation');
      return toJsonAnswer('1.0', { activityTasks: swf.listOpenActivities() });
    },
  };
}
