/** The function of `lambda/index.ts` for CommonJS, which has no top-level `await`. Its loader waits for `ready`. */
import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createApp } from '../../lambda/app.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import { prime } from '../../lambda/prime.ts';

const environment = parseEnvironment(process.env);
const aws = toAwsClientConfig(environment.region, createRequestHandler());

export const ready = prime(environment, aws);

export const handler = createApp(createDependencies(environment, aws, Date.now));
