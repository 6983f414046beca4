import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `/proc/net/tcp` writes this state for a socket that listens. */
const LISTEN = '0A';

/** The local addresses, as the kernel writes them (`0100007F:1F90`), of every listening TCP socket of these processes. */
export function listeningAddresses(processIds: readonly number[]): string[] {
  const inodes = new Set(processIds.flatMap(socketInodesOf));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1] ?? ''),
  );
}

/** An address as the kernel writes it: 127.0.0.1 in this machine's byte order, the port in hexadecimal. */
export function loopbackAddress(url: string): string {
  const port = Number(new URL(url).port);
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The names and values that a process was started with. */
export function variablesOf(processId: number): Map<string, string> {
  const pairs = readFileSync(`/proc/${processId}/environ`, 'utf8').split('\0');
  return new Map(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** The command lines of processes, by their ids. */
export function commandOf(processId: number): string {
  return readFileSync(`/proc/${processId}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

function socketInodesOf(processId: number): string[] {
  const folder = `/proc/${processId}/fd`;
  return readdirSync(folder).flatMap((name) => {
    const inode = /^socket:\[(?<inode>\d+)\]$/.exec(tryReadLink(`${folder}/${name}`))?.groups?.['inode'];
    return inode === undefined ? [] : [inode];
  });
}

/** A descriptor may be closed between listing and reading. */
function tryReadLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
