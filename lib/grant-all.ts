import { Grant, type IGrantable, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { z } from 'zod';

const CONDITIONS = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Grants what each statement allows. */
export function grantAll(grantee: IGrantable, statements: readonly PolicyStatement[]): Grant {
  return statements.map((statement) => grant(grantee, statement)).reduce((all, one) => all.combine(one));
}

function grant(grantee: IGrantable, statement: PolicyStatement): Grant {
  const { actions, resources: resourceArns } = statement;
  const conditions = CONDITIONS.parse(statement.conditions);
  return Grant.addToPrincipal({ grantee, actions, resourceArns, conditions });
}
