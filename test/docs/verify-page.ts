import { readFileSync } from 'node:fs';

export const page = readFileSync(new URL('../../docs/verify.md', import.meta.url), 'utf8');

/** The lines that the page's table tells of, in its order. */
export function linesInPage(): string[] {
  const [, table = ''] = page.split('| line | what is looked at |\n|---|---|\n');
  const [rows = ''] = table.split('\n\n');
  const names = rows.split('\n').map((row) => row.split(' | ')[0] ?? '');
  const text = names.join('\n');
  return Array.from(text.matchAll(/`(?<name>[^`]+)`/g), ({ groups }) => groups?.['name'] ?? '');
}

/** The page's IAM policy, for another account, region and domain than it is written for. */
export function toOperatorPolicy(place: { accountId: string; region: string; domain: string }): unknown {
  const text = /```json\n(?<policy>[^]*?)\n```/.exec(page)?.groups?.['policy'] ?? '';
  return JSON.parse(
    text
      .replaceAll('111122223333', place.accountId)
      .replaceAll('eu-west-1', place.region)
      .replaceAll('/domain/orders', `/domain/${place.domain}`),
  );
}
