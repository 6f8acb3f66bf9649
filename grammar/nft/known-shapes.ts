/** The shapes that this process knows: those of the build, and what the grammar teaches while reading. */

import { ShapeBook } from './shape-book.ts';
import { shippedShapes } from './shipped-shapes.ts';

export const knownShapes = new ShapeBook(shippedShapes === '' ? [] : shippedShapes.split('\n'));
