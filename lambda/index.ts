import { toAwsClientConfig } from './aws/aws-client-config.ts';
import { createRequestHandler } from './aws/request-handler.ts';
import { createApp } from './app.ts';
import { createDependencies } from './dependencies.ts';
import { parseEnvironment } from './environment/parse-environment.ts';
import { prime } from './prime.ts';

const environment = parseEnvironment(process.env);
const aws = toAwsClientConfig(environment.region, createRequestHandler());

await prime(environment, aws);

/** The Lambda handler. Each container reads the environment and creates the AWS clients once. */
export const handler = createApp(createDependencies(environment, aws, Date.now));
