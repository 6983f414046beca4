import { afterEach, expect, it, vi } from 'vitest';

import { findDeployed } from '../../operator/target.ts';
import { anEndpoint, apis, clientOf, inForce } from '../local/aws/aws-endpoint.ts';
import { place } from '../local/template/template-source.ts';

const { stackName } = place;
const stackArn = `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stackName}/local`;
const outputsOf = (name: string) => ({
  [`${name}RelayUrl`]: `https://${name}.example`,
  [`${name}WorkerKeysTable`]: `${name}-keys`,
  [`${name}WorkerKeysMacKey`]: `${name}-mac`,
  [`${name}KeyUseTable`]: `${name}-use`,
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The operator's AWS configuration leads to a stack with these outputs. */
async function deploy(outputs: Readonly<Record<string, string>>): Promise<void> {
  const realm = inForce();
  const options = { stackName, stackArn, outputs: () => outputs };
  const endpoint = await anEndpoint(realm, [apis.cloudformation(realm, options)]);
  const session = realm.credentials.issueSession(realm.caller('operator'));
  const { credentials } = clientOf(endpoint, session);
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_REGION', place.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken);
}

it('finds each of two relays in one stack by its name', async () => {
  await deploy({ ...outputsOf('west'), ...outputsOf('east') });
  expect(await findDeployed(stackName, 'west')).toMatchObject({
    relayUrl: 'https://west.example',
    keyUseTable: 'west-use',
  });
  expect(await findDeployed(stackName, 'east')).toMatchObject({ macKeyArn: 'east-mac', workerKeysTable: 'east-keys' });
});

it.each([
  { asked: undefined, output: 'RelayUrl' },
  { asked: 'north', output: 'northRelayUrl' },
])('names the relays of a stack when asked for $asked', async ({ asked, output }) => {
  await deploy({ ...outputsOf('west'), ...outputsOf('east') });
  const message = `the stack ${stackName} has no output ${output}, but --relay takes: west, east`;
  await expect(findDeployed(stackName, asked)).rejects.toThrow(message);
});

it('says that a stack without a relay has none', async () => {
  await deploy({ Table: 'a' });
  const message = `the stack ${stackName} has no output RelayUrl, so it is not a heartbeat relay`;
  await expect(findDeployed(stackName)).rejects.toThrow(message);
});
