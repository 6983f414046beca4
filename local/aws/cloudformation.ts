import type { AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';
import { parseForm, queryProtocol, toQueryAnswer } from './query-protocol.ts';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

export interface CloudFormationOptions {
  readonly stackName: string;
  /** `arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>` */
  readonly stackArn: string;
  readonly outputs: () => Readonly<Record<string, string>>;
}

/** Implements `DescribeStacks`, so that commands find the local stack in the same way as a deployed one. */
export function createCloudFormation({ stackName, stackArn, outputs }: CloudFormationOptions): AwsApi {
  return {
    ...queryProtocol,
    name: 'cloudformation',
    answer: async (call) => {
      if (call.operation !== 'DescribeStacks') throw new AwsFault('InvalidAction', 'not a known operation');
      const requested = parseForm(call.body).get('StackName');
      call.caller.realm.access.authorize(call.caller, { action: 'cloudformation:DescribeStacks', resource: stackArn });
      if (requested !== null && requested !== stackName && requested !== stackArn) {
        throw new AwsFault('ValidationError', `Stack with id ${requested} does not exist`);
      }
      const member = Object.entries(outputs()).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return toQueryAnswer(call, NAMESPACE, {
        Stacks: {
          member: [
            {
              StackId: stackArn,
              StackName: stackName,
              CreationTime: '2026-01-01T00:00:00Z',
              StackStatus: 'CREATE_COMPLETE',
              Outputs: { member },
            },
          ],
        },
      });
    },
  };
}
