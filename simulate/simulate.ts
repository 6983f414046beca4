/** `npm run simulate`: what fair share does with storms and attacks, on a virtual clock. */
import { simulate } from './program.ts';

process.exitCode = await simulate(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
});
