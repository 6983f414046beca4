declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An HTTP server that is not listening yet. Its `close` ends the store too. */
  export default function dynalite(options: { path?: string; createTableMs?: number }): Server;
}
