import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { OPENAPI_TEXT } from '../openapi/document.ts';
import { AFolder } from './a-folder.ts';
import { runNode } from './a-process.ts';

/** It asks nobody but the file. */
const OFFLINE = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

const lint = async (file: string) =>
  runNode(['node_modules/@redocly/cli/bin/cli.js', 'lint', file, '--extends', 'recommended-strict'], OFFLINE);

describe('Redocly’s linter, whose warnings count as errors,', () => {
  it('accepts docs/openapi.yaml', async () => {
    expect(await lint('docs/openapi.yaml')).toMatchObject({ exitCode: 0 });
  });

  it('refuses it without the summary of an operation', async () => {
    using folder = new AFolder();
    const file = `${folder.path}/openapi.yaml`;
    writeFileSync(file, OPENAPI_TEXT.replace(/^ +summary: Complete a task\.\n/m, ''));
    const { exitCode, stdout } = await lint(file);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('operation-summary');
  });
});
