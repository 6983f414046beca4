import { paragraphsOf } from './markdown.ts';

export const MAX_WORDS = 25;
/** One sentence in so many may be longer. */
export const ONE_IN = 20;

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });
const WORDS = new Intl.Segmenter('en', { granularity: 'word' });

const countWords = (sentence: string): number =>
  Array.from(WORDS.segment(sentence)).filter(({ isWordLike }) => isWordLike).length;

const sentencesOf = (page: string): string[] =>
  paragraphsOf(page).flatMap((text) => Array.from(SENTENCES.segment(text), ({ segment }) => segment.trim()));

/** The sentences of a page that are too long; none if they are as rare as they may be. */
export function findTooLong(page: string): string[] {
  const sentences = sentencesOf(page);
  const long = sentences.filter((sentence) => countWords(sentence) > MAX_WORDS);
  return long.length * ONE_IN > sentences.length ? long : [];
}
