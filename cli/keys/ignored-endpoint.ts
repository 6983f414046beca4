/**
 * Clients that call the real SWF without a word, task token included. Those with a version were tried: an AWS CLI 2.9.19,
 * boto3 1.9, and the newest releases of the SDKs for Java 1, Go 1 and JavaScript 2.
 */
export const IGNORED_ENDPOINT_WARNING = `These clients ignore the endpoint below and send the task token to the real SWF: AWS SDK for JavaScript 2,
for Java 1, for Java 2 before 2.28, and for Go 1, boto3 1.9, AWS CLI before 2.13, and others of that age.
Set the endpoint in code with them, or with --endpoint-url for the CLI.`;
