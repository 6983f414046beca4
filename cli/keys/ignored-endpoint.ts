/**
 * Clients that call the real SWF without a word, task token included. docs/aws-clients.md names the releases that were tried,
 * on either side of the versions given here.
 */
export const IGNORED_ENDPOINT_WARNING = `These clients ignore the endpoint below and send the task token to the real SWF: AWS SDK for JavaScript 2,
for Java 1, for Java 2 before 2.28, and for Go 1, boto3 before 1.28, AWS CLI before 2.13, and others of that age.
Set the endpoint in code with them, or with --endpoint-url for the CLI.`;
