/** `npm run pictures`: makes the pictures of docs/pictures/. Nobody draws them by hand. */
import { runPictures } from './program.ts';

process.exitCode = await runPictures(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
});
