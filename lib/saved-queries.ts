import { Stack } from 'aws-cdk-lib';
import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The user replaces it with a key id. */
const KEY_ID_PLACEHOLDER = 'HBRK';

/** Saved CloudWatch Logs Insights queries on the function's log. The console runs them over the last hour. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, logGroup: LogGroup) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    new QueryDefinition(this, 'Key', {
      queryDefinitionName: `${stackName}/what did this key do`,
      logGroups: [logGroup],
      queryString: new QueryString({
        fields: ['@timestamp', 'code', 'domain', 'taskId', 'fault', 'durationsMs.total', 'requestId'],
        filterStatements: [`keyId = '${KEY_ID_PLACEHOLDER}'`],
        sort: '@timestamp desc',
        limit: 1000,
      }),
    });
    new QueryDefinition(this, 'Refused', {
      queryDefinitionName: `${stackName}/who was refused in the last hour`,
      logGroups: [logGroup],
      // A refusal has an error and level INFO. The relay logs its failures at level ERROR.
      queryString: new QueryString({
        filterStatements: ['ispresent(error)', "level = 'INFO'"],
        statsStatements: ['count(*) as refusals, max(@timestamp) as last by keyId, code, domain'],
        sort: 'refusals desc',
        limit: 1000,
      }),
    });
  }
}
