import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { connect, createServer } from 'node:tls';

import { expect, it, onTestFinished } from 'vitest';

import { loadCertificate, type ServerCertificate } from '../../../../local/gateway/tls/certificate.ts';
import { aCertificate, aStateFolder } from './test-certificate.ts';

const FILES = ['ca.pem', 'certificate.key', 'certificate.pem'];
const DAY_MS = 24 * 3_600_000;

/** Connects a real client to a server with the certificate. Resolves to `trusted`, or to the client's error code. */
async function handshake({ certificate, key }: ServerCertificate, ca: string | undefined, name: string) {
  const server = createServer({ cert: certificate, key }, (socket) => socket.end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const checked = { ...(ca === undefined ? {} : { ca }), ...(name === '127.0.0.1' ? {} : { servername: name }) };
  connect({ host: '127.0.0.1', port, ...checked }, () => resolve('trusted'))
    .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
    .resume();
  return promise;
}

it.each(['127.0.0.1', 'localhost'])(
  'a client that trusts only the authority accepts the certificate for %s',
  async (name) => {
    const one = await aCertificate();
    expect(await handshake(one, readFileSync(one.caFile, 'utf8'), name)).toBe('trusted');
  },
);

it('a client rejects the certificate for another name, and with another authority or none', async () => {
  const [one, other] = [await aCertificate(), await aCertificate()];
  expect(await handshake(one, one.authority, 'relay.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await handshake(one, other.authority, 'localhost')).not.toBe('trusted');
  expect(await handshake(one, undefined, 'localhost')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

it('contains all the extensions that a strict client requires', async () => {
  const { authority, certificate } = await aCertificate();
  const { X509Certificate: Parsed } = await import('@peculiar/x509');
  const extensionsOf = (pem: string): string[] =>
    new Parsed(pem).extensions.map(({ type, critical }) => `${type}${critical ? ' critical' : ''}`);
  // Basic constraints, key usage, subject key; then extended key usage, alternative names, authority key.
  expect(extensionsOf(authority)).toEqual(['2.5.29.19 critical', '2.5.29.15 critical', '2.5.29.14']);
  const ofServer = ['2.5.29.19 critical', '2.5.29.15 critical', '2.5.29.37', '2.5.29.17', '2.5.29.14', '2.5.29.35'];
  expect(extensionsOf(certificate)).toEqual(ofServer);
  const [ca, server] = [new X509Certificate(authority), new X509Certificate(certificate)];
  expect([ca.ca, server.ca]).toEqual([true, false]);
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(server.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
});

it("writes three files that only their owner can read, and stores only the server's key", async () => {
  const stateFolder = aStateFolder();
  const { authority, certificate, caFile } = await loadCertificate(stateFolder, Date.now());
  expect(isAbsolute(caFile)).toBe(true);
  expect(readdirSync(stateFolder.path).sort()).toEqual([...FILES, 'lock']);
  const modes = FILES.map((name) => statSync(stateFolder.file(name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  const texts = FILES.map((name) => readFileSync(stateFolder.file(name), 'utf8'));
  const keys = texts.flatMap((text) => text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END/g) ?? []);
  expect(keys).toHaveLength(1);
  const key = createPrivateKey(texts[1] ?? '');
  expect(new X509Certificate(certificate).checkPrivateKey(key)).toBe(true);
  expect(new X509Certificate(authority).checkPrivateKey(key)).toBe(false);
});

it('reuses a certificate that is valid for more than a week, and replaces it after that', async () => {
  const stateFolder = aStateFolder();
  const nowMs = Date.now();
  const first = await loadCertificate(stateFolder, nowMs);
  const endMs = new X509Certificate(first.certificate).validToDate.getTime();
  expect((endMs - nowMs) / DAY_MS).toBeCloseTo(365, 1);
  // The first time is that of a clock that was set back by ten minutes.
  for (const atMs of [nowMs - 600_000, endMs - 7 * DAY_MS - 1]) {
    expect(await loadCertificate(stateFolder, atMs)).toEqual(first);
  }
  const second = await loadCertificate(stateFolder, endMs - 7 * DAY_MS);
  expect(second.authority).not.toBe(first.authority);
  expect(new X509Certificate(second.certificate).validToDate.getTime()).toBeGreaterThan(endMs + 300 * DAY_MS);
  // At this time, the second certificate is not valid yet.
  expect((await loadCertificate(stateFolder, nowMs)).certificate).not.toBe(second.certificate);
});

it.each([
  { given: 'missing', damage: (file: string) => rmSync(file) },
  { given: 'empty', damage: (file: string) => writeFileSync(file, '') },
  { given: 'not PEM', damage: (file: string) => writeFileSync(file, 'damaged\n') },
  { given: 'cut short', damage: (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 120)) },
  {
    given: "another folder's",
    damage: (file: string, of: string) => writeFileSync(file, readFileSync(of)),
  },
])('issues a new certificate if a file is $given', async ({ damage }) => {
  const other = aStateFolder();
  await loadCertificate(other, Date.now());
  for (const name of FILES) {
    const stateFolder = aStateFolder();
    const first = await loadCertificate(stateFolder, Date.now());
    chmodSync(stateFolder.file(name), 0o644);
    damage(stateFolder.file(name), other.file(name));
    const second = await loadCertificate(stateFolder, Date.now());
    expect(second.certificate).not.toBe(first.certificate);
    expect(await handshake(second, readFileSync(first.caFile, 'utf8'), 'localhost')).toBe('trusted');
    expect(await loadCertificate(stateFolder, Date.now())).toEqual(second);
    expect(statSync(stateFolder.file(name)).mode & 0o777).toBe(0o600);
  }
});
