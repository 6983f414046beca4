import { Stack } from 'aws-cdk-lib';
import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Put in the place of a key's id, by whoever asks. */
const KEY_ID_TO_FILL_IN = 'HBRK';

/** Questions to the function's log, ready in CloudWatch Logs Insights. The console asks them of the last hour. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, logGroup: LogGroup) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    new QueryDefinition(this, 'Key', {
      queryDefinitionName: `${stackName}/what did this key do`,
      logGroups: [logGroup],
      queryString: new QueryString({
        fields: ['@timestamp', 'code', 'domain', 'taskId', 'fault', 'durationsMs.total', 'requestId'],
        filterStatements: [`keyId = '${KEY_ID_TO_FILL_IN}'`],
        sort: '@timestamp desc',
        limit: 1000,
      }),
    });
    new QueryDefinition(this, 'Refused', {
      queryDefinitionName: `${stackName}/who was refused in the last hour`,
      logGroups: [logGroup],
      // A refusal names its error and is no failure of the relay's: those are written at level ERROR.
      queryString: new QueryString({
        filterStatements: ['ispresent(error)', "level = 'INFO'"],
        statsStatements: ['count(*) as refusals, max(@timestamp) as last by keyId, code, domain'],
        sort: 'refusals desc',
        limit: 1000,
      }),
    });
  }
}
