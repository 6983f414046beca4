import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { installInto, packAndUnpack, run } from './a-package.ts';
import { openOutput } from '../lib/synthesis.ts';
import { Synthesized } from '../lib/synthesized.ts';

const readPage = (name: string): string => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
const page = readPage('deploying');
const apps = Array.from(
  `${page}${readPage('construct')}`.matchAll(/```ts\n(?<text>[^]*?)```/g),
  ({ groups }) => groups?.['text'] ?? '',
);

/** Cases of package.stack.test.ts: a file of its own would pack at the same time, into the same folder. */
export function describeDeployingPage(): void {
  /** Runs every app of the page in one process. CDK synthesizes when the process would end. */
  const folder = openOutput();
  installInto(folder, packAndUnpack());
  apps.forEach((text, index) => writeFileSync(join(folder, `app-${index}.mts`), text));
  const imports = apps.map(
    (_text, index) => `process.env.CDK_OUTDIR = 'out-${index}';\nawait import('./app-${index}.mts');\n`,
  );
  writeFileSync(join(folder, 'all.mts'), imports.join(''));
  run(process.execPath, ['all.mts'], folder, { HOME: folder, CDK_VALIDATION: 'false' });

  const readOutput = (app: number, file: string): string => readFileSync(join(folder, `out-${app}`, file), 'utf8');
  const templateOf = (app: number, stack: string): Synthesized =>
    new Synthesized(JSON.parse(readOutput(app, `${stack}.template.json`)));

  describe('the apps of docs/deploying.md and docs/construct.md, with the package', () => {
    it('are a stack, the construct, a pipeline and a second region', () => {
      expect(apps).toHaveLength(4);
    });

    it('synthesize the stack', () => {
      expect(Object.keys(templateOf(2, 'HeartbeatRelay').outputs)).toContain('RelayUrl');
    });

    it('synthesize the construct, with canary, tags, a boundary and a grant', () => {
      const stack = templateOf(0, 'Orders');
      expect(stack.ofType('AWS::Events::Rule')).toHaveLength(1);
      for (const { Properties } of stack.ofType('AWS::IAM::Role')) {
        expect(Properties).toHaveProperty('PermissionsBoundary');
        expect(Properties['Tags']).toContainEqual({ Key: 'team', Value: 'orders' });
      }
      expect(JSON.stringify(stack.ofType('AWS::IAM::Policy'))).toContain('kms:GenerateMac');
    });

    it('synthesize the pipeline, with a stage for each account', () => {
      const [pipeline] = templateOf(1, 'Delivery').ofType('AWS::CodePipeline::Pipeline');
      const { Stages } = z
        .looseObject({ Stages: z.array(z.looseObject({ Name: z.string() })) })
        .parse(pipeline?.Properties);
      expect(Stages.map(({ Name }) => Name)).toEqual(['Source', 'Build', 'UpdatePipeline', 'Assets', 'Test', 'Prod']);
    });

    it('synthesize the second region, which has no keys of its own and records in the domain of the first', () => {
      const stack = templateOf(3, 'Second');
      expect(stack.ofType('AWS::KMS::Key')).toEqual([]);
      expect(stack.ofType('AWS::DynamoDB::Table')).toHaveLength(3);
      const role = JSON.stringify(stack.get('AWS::IAM::Role', 'RelayDomainorders').Properties['Policies']);
      expect(role).toContain('swf:eu-west-1:111122223333:/domain/orders');
      const key = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-';
      expect(JSON.stringify(stack.get('AWS::IAM::Role', 'RelayRole').Properties)).toContain(key);
    });
  });

  it('the transcript of verify is a part of the recorded one', () => {
    const verify = readPage('verify');
    const transcript = /```console\n(?<text>[^]*?)\n```/.exec(page)?.groups?.['text'] ?? '';
    const lines = transcript.split('\n').filter((line) => line !== '…');
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.filter((line) => !verify.includes(`${line}\n`))).toEqual([]);
  });

  it('docs/construct.md names every member of the construct', () => {
    const source = readFileSync(new URL('../../lib/heartbeat-relay.ts', import.meta.url), 'utf8');
    const members = Array.from(
      source.matchAll(/^ {2}(?:readonly |get )?(?<name>[a-z]\w*)(?::|\()/gm),
      ({ groups }) => groups?.['name'] ?? '',
    ).filter((name) => name !== 'constructor');
    expect(members).toContain('grantViewKeys');
    expect(members).toContain('url');
    const described = readPage('construct');
    expect(members.filter((name) => !new RegExp(`^\\|.*\`${name}\\b`, 'm').test(described))).toEqual([]);
  });

  it('the links of docs/deploying.md lead to sections that there are', () => {
    const links = Array.from(page.matchAll(/\]\((?<file>[\w.-]*)#(?<anchor>[\w-]+)\)/g), ({ groups }) => groups);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const file = link?.['file'] === '' ? 'deploying.md' : link?.['file'];
      const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
      const anchors = Array.from(text.matchAll(/^#+ (?<title>.+)$/gm), ({ groups }) =>
        (groups?.['title'] ?? '')
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(anchors).toContain(link?.['anchor']);
    }
  });
}
