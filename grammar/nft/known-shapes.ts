/** The shapes that this process knows: those of the build, and what the grammar teaches while reading. */

import { ShapeBook } from './shape-book.ts';
import { shippedRuleShapes, shippedShapes } from './shipped-shapes.ts';

const linesOf = (text: string) => (text === '' ? [] : text.split('\n'));

export const knownShapes = new ShapeBook(linesOf(shippedShapes), {
  ofRules: () => linesOf(shippedRuleShapes()),
});
