/** Loaded before a program (`--import`), so that it knows no name of another machine: nothing leaves this one. */
import dns from 'node:dns';

dns.lookup = (name, _options, callback) => {
  process.nextTick(callback, new Error(`no way to ${name}`));
};
