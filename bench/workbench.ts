import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { ENVIRONMENT_NAMES } from '../lambda/environment/environment.ts';
import { toContainerEnvironment } from '../local/function-host/environment.ts';
import { type Assembly, loadAssembly } from '../local/assembly.ts';
import { onlyResource } from '../local/template/resources.ts';
import { loadTemplate } from '../local/template/template.ts';
import { SERVICES } from './aws/answers.ts';
import { ACCOUNT_ID, DOMAIN, ROOMY_RATE } from './aws/worker.ts';
import { type Bundles, createBundles, createProbeBundle, type ProbeName } from './bundles.ts';
import { issueCertificate } from './certificate.ts';
import { type Environment, type Probe, startProbe } from './probe.ts';

/** What all measurements share. */
export interface Workbench {
  readonly bundles: Bundles & { readonly deployed: string };
  /** Bundles a probe and returns its file. */
  readonly probe: (name: ProbeName) => Promise<string>;
  /** Environment of a container, with the endpoints of the fake AWS, and without a limit of the rate that it is measured at. */
  readonly environment: Environment;
  /** The same with the default rates. */
  readonly limitedEnvironment: Environment;
  /** Returns the calls since the last time, by service and operation. */
  readonly takeCounts: () => Promise<Readonly<Record<string, number>>>;
  readonly close: () => Promise<void>;
}

const PORTS = z.record(z.enum(SERVICES), z.number());
const COUNTS = z.record(z.string(), z.number());

export async function createWorkbench(): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
  const { certificate, key } = await issueCertificate(Date.now());
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'certificate.key');
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key, { mode: 0o600 });
  const assembly = await loadAssembly();
  const { resources } = loadTemplate(assembly.template, { ...assembly, accountId: ACCOUNT_ID });
  const { arn: kmsKeyArn } = onlyResource(resources, 'AWS::KMS::Key');
  const fakeAws = await createProbeBundle(folder, 'fake-aws');
  const aws = await startProbe(PORTS, fakeAws, [certificateFile, keyFile, kmsKeyArn], {});
  const { environment: limitedEnvironment, codeDir } = findFunction(assembly, aws, certificateFile);
  const rate = { perSecond: ROOMY_RATE };
  const environment = {
    ...limitedEnvironment,
    [ENVIRONMENT_NAMES.domains]: JSON.stringify([{ name: DOMAIN, rate }]),
  };
  return {
    bundles: { ...(await createBundles(folder)), deployed: join(codeDir, 'index.mjs') },
    probe: async (name) => createProbeBundle(folder, name),
    environment,
    limitedEnvironment,
    takeCounts: async () => aws.ask(COUNTS, {}),
    close: async () => {
      await aws.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Finds the code that the template deploys, and builds the environment that it would have in Lambda. */
function findFunction(assembly: Assembly, { started: ports }: Probe<z.infer<typeof PORTS>>, certificateFile: string) {
  const { stackName, region } = assembly;
  const { resources } = loadTemplate(assembly.template, { stackName, region, accountId: ACCOUNT_ID });
  const resource = onlyResource(resources, 'AWS::Lambda::Function');
  const codeDir = assembly.assetFolder(resource.Code.S3Key.replace(/\.zip$/, ''));
  const settings = {
    functionName: resource.physicalId,
    functionArn: resource.arn,
    handler: resource.Handler,
    codeDir,
    memoryMb: resource.MemorySize,
    timeoutMs: resource.Timeout * 1_000,
    environment: resource.Environment.Variables,
    region,
    logGroupName: resource.LoggingConfig.LogGroup,
  };
  const local = {
    ...Object.fromEntries(
      SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, `https://127.0.0.1:${ports[service]}`]),
    ),
    AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 't'.repeat(400),
    NODE_EXTRA_CA_CERTS: certificateFile,
  };
  return { codeDir, environment: toContainerEnvironment(settings, local, 'measured') };
}
