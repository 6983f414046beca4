import { type LogGroup, QueryDefinition, QueryString, type QueryStringProps } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The user replaces it with a key id. */
const KEY_ID_PLACEHOLDER = 'HBRK';

/** Logs Insights makes a field of each entry of a list. The function's line lists at most 10 addresses. */
const SOURCE_IPS = Array.from({ length: 10 }, (_entry, index) => `sourceIps.${index}`);

/** Saved CloudWatch Logs Insights queries on the function's log. The console runs them over the last hour. */
export class SavedQueries extends Construct {
  readonly #logGroup: LogGroup;
  readonly #relayName: string;

  constructor(scope: Construct, id: string, logGroup: LogGroup, relayName: string) {
    super(scope, id);
    this.#logGroup = logGroup;
    this.#relayName = relayName;
    this.#save('Key', 'what did this key do', {
      fields: [
        '@timestamp',
        'code',
        'reason',
        'domain',
        'taskId',
        'sourceIp',
        'fault',
        'durationsMs.total',
        'requestId',
      ],
      // The id is in `keyId`, in `claimedKeyId`, or in the list `summed`.
      filterStatements: [`@message like '${KEY_ID_PLACEHOLDER}'`],
      sort: '@timestamp desc',
    });
    this.#save('KeyUsed', 'where was this key used from', {
      fields: ['firstAt', 'lastAt', 'domain', '`count`', 'countFromOthers', ...SOURCE_IPS],
      filterStatements: ["code = 'KeyUsed'", `keyId = '${KEY_ID_PLACEHOLDER}'`],
      sort: 'firstAt desc',
    });
    this.#save('Busiest', 'which ten keys are busiest', {
      filterStatements: ["code = 'KeyUsed'"],
      statsStatements: [
        'sum(`count`) as requests, sum(paced) as notDue, sum(throttled) as overRate, latest(domain) as lastDomain, ' +
          'count_distinct(domain) as domains, latest(lastAt) as last by keyId',
      ],
      sort: 'requests desc',
      limit: 10,
    });
    this.#save('Refused', 'who was refused in the last hour', {
      // A refusal has an error and level INFO. The relay logs its failures at level ERROR.
      filterStatements: ['ispresent(error)', "level = 'INFO'"],
      statsStatements: ['count(*) as refusals, max(@timestamp) as last by keyId, claimedKeyId, code, reason, domain'],
      sort: 'refusals desc',
    });
  }

  #save(id: string, question: string, query: QueryStringProps): void {
    new QueryDefinition(this, id, {
      queryDefinitionName: `${this.#relayName}/${question}`,
      logGroups: [this.#logGroup],
      queryString: new QueryString({ limit: 1000, ...query }),
    });
  }
}
