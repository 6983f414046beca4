import { readFileSync } from 'node:fs';

/** A command as a page shows it, with the lines it prints. */
export interface RecordedCommand {
  readonly command: string;
  readonly output: string;
}

/** @param path from the project's folder. */
export const readPage = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

export const readme = readPage('README.md');

/**
 * The commands of the block that follows `<!-- recording: name -->`; where no prompt is shown, each line is one.
 */
export function recordingOf(name: string, page: string): RecordedCommand[] {
  const block = new RegExp(`<!-- recording: ${name} -->\n\`\`\`(?<kind>\\w+)\n(?<lines>[^]*?)\n\`\`\``).exec(
    page,
  )?.groups;
  if (block === undefined) throw new Error(`there is no recording ${name}`);
  const { kind, lines = '' } = block;
  if (kind === 'sh') return lines.split('\n').map((line) => ({ command: line.replace(/ +#.*/, ''), output: '' }));
  return lines.split(/^\$ /m).slice(1).map(toCommand);
}

/** The first block of code in a language of the page about AWS's clients. */
export function snippetOf(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\n(?<code>[^]*?)\n\`\`\`$`, 'm');
  const code = block.exec(readPage('docs/aws-clients.md'))?.groups?.['code'];
  if (code === undefined) throw new Error(`the page has no code in ${language}`);
  return code;
}

/** What differs from run to run: times, ids, and where SWF's names are random. */
export function masked(text: string): string {
  return text
    .trim()
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"taskId":"[\w-]{43}"/g, '"taskId":"ID"')
    .replaceAll(/"requestId":"[^"]+"/g, '"requestId":"ID"')
    .replaceAll(/print-[0-9a-f]{8}/g, 'print-ID');
}

function toCommand(text: string): RecordedCommand {
  const [command = '', ...output] = text.split('\n');
  return { command, output: output.join('\n').trim() };
}
