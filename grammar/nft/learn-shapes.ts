/** Has the grammar read listings once and keeps the shapes of their lines: run by the build. */

import type { Source } from '../../src/base/span.ts';
import { readListing } from './listing-reader.ts';
import { NftParser } from './nft-parser.ts';
import { ShapeBook } from './shape-book.ts';
import { encodeLesson } from './shape-lesson.ts';

export interface LearntShapes {
  /** Encoded lessons. */
  readonly lessons: readonly string[];
  /** The sources that have a line that cannot be read by its shape. */
  readonly unread: readonly string[];
}

export function learnShapes(sources: readonly Source[]): LearntShapes {
  const parser = new NftParser();
  const book = new ShapeBook([], { keepLessons: true });
  const unread = sources
    .filter((source) => readListing(source, book, parser.teacher) === undefined)
    .map(({ name }) => name);
  const lessons = (book.lessons ?? []).map(encodeLesson);
  return { lessons: [...new Set(lessons)].sort(), unread };
}
