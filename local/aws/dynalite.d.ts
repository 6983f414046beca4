declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates an HTTP server that does not listen yet. Its `close` also closes the store. */
  export default function dynalite(options: { path?: string; createTableMs?: number }): Server;
}
