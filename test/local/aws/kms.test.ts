import { DescribeKeyCommand, GenerateMacCommand, type GenerateMacCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { aFolder, anEndpoint, apis, type CallerName, clientOf, inForce } from './aws-endpoint.ts';

/** Starts KMS with this root file. A second start with the same file is a restart. */
async function aKms(rootFile: string, who: CallerName = 'function') {
  const realm = inForce();
  const { credentials, template, denials, caller } = realm;
  const arnOf = (logicalId: string): string => template.resources.get(logicalId)?.arn ?? '';
  const keyArns = [arnOf('MacKey'), arnOf('ShutKey')];
  const endpoint = await anEndpoint(realm, [apis.kms(realm, { rootFile, keyArns })]);
  const client = new KMSClient(clientOf(endpoint, credentials.issueSession(caller(who))));
  const deriveMac = async (over: Partial<GenerateMacCommandInput> = {}): Promise<string> => {
    const input = { KeyId: arnOf('MacKey'), MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('m'), ...over } as const;
    const { Mac = new Uint8Array() } = await client.send(new GenerateMacCommand(input));
    return Buffer.from(Mac).toString('hex');
  };
  return { client, deriveMac, arnOf, denials };
}

const aRootFile = (): string => join(aFolder(), 'kms.root');

describe('GenerateMac', () => {
  it('returns the same MAC after a restart with the same root', async () => {
    const rootFile = aRootFile();
    const before = await (await aKms(rootFile)).deriveMac();
    const after = await (await aKms(rootFile)).deriveMac();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(after).toBe(before);
  });

  it('returns another MAC with another root, and for another message', async () => {
    const rootFile = aRootFile();
    const { deriveMac } = await aKms(rootFile);
    const macs = [
      await deriveMac(),
      await deriveMac({ Message: Buffer.from('n') }),
      await (await aKms(aRootFile())).deriveMac(),
    ];
    expect(new Set(macs).size).toBe(3);
  });

  it('answers as KMS does', async () => {
    const { client, arnOf } = await aKms(aRootFile());
    const KeyId = arnOf('MacKey');
    const Message = Buffer.from('m');
    const answer = await client.send(new GenerateMacCommand({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message }));
    expect(answer).toMatchObject({ KeyId, MacAlgorithm: 'HMAC_SHA_256' });
    expect(answer.Mac).toHaveLength(32);
  });

  it('accepts a message of 4,096 bytes, but not of 4,097', async () => {
    const { deriveMac } = await aKms(aRootFile());
    expect(await deriveMac({ Message: Buffer.alloc(4_096) })).toHaveLength(64);
    await expect(deriveMac({ Message: Buffer.alloc(4_097) })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses other algorithms', async () => {
    const { deriveMac } = await aKms(aRootFile());
    await expect(deriveMac({ MacAlgorithm: 'HMAC_SHA_512' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    {
      who: 'the function, if the key’s policy allows nobody',
      caller: 'function',
      key: 'ShutKey',
      says: 'no resource-based policy allows',
    },
    {
      who: 'the operator, if the key’s policy allows nobody',
      caller: 'operator',
      key: 'ShutKey',
      says: 'no resource-based policy allows',
    },
    {
      who: 'a role whose own policy does not allow it',
      caller: 'orders',
      key: 'MacKey',
      says: 'no identity-based policy allows',
    },
  ] as const)('is denied to $who', async ({ caller, key, says }) => {
    const { deriveMac, arnOf, denials } = await aKms(aRootFile(), caller);
    await expect(deriveMac({ KeyId: arnOf(key) })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(denials).toMatchObject([{ action: 'kms:GenerateMac', resource: arnOf(key) }]);
    expect(denials[0]?.sentence).toMatch(says);
  });

  it('knows only the template’s keys', async () => {
    const { deriveMac, arnOf } = await aKms(aRootFile());
    const unknown = deriveMac({ KeyId: `${arnOf('MacKey')}0` });
    await expect(unknown).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('is the only operation', async () => {
    const { client, arnOf } = await aKms(aRootFile(), 'operator');
    const described = client.send(new DescribeKeyCommand({ KeyId: arnOf('MacKey') }));
    await expect(described).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

describe('the root of all keys', () => {
  const start = (rootFile: string) => apis.kms(inForce(), { rootFile, keyArns: [] });

  it('is created at the first start, readable only by its owner', () => {
    const rootFile = aRootFile();
    start(rootFile);
    expect(readFileSync(rootFile, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(rootFile).mode & 0o777).toBe(0o600);
  });

  it('is reused at the next start', () => {
    const rootFile = aRootFile();
    start(rootFile);
    const made = readFileSync(rootFile, 'utf8');
    start(rootFile);
    expect(readFileSync(rootFile, 'utf8')).toBe(made);
  });

  it.each([
    { given: 'nothing', content: '' },
    { given: 'half a key', content: 'ab'.repeat(16) },
    { given: 'one digit too few', content: 'ab'.repeat(32).slice(1) },
    { given: 'one byte too many', content: 'ab'.repeat(33) },
    { given: 'characters that are not digits', content: 'xy'.repeat(32) },
    { given: 'a damaged digit', content: `${'ab'.repeat(31)}!b` },
  ])('is refused if the file contains $given, and left unchanged', ({ content }) => {
    const rootFile = aRootFile();
    writeFileSync(rootFile, content);
    expect(() => start(rootFile)).toThrow(`${rootFile} does not contain a key; remove it to start with a new one`);
    expect(readFileSync(rootFile, 'utf8')).toBe(content);
  });
});
