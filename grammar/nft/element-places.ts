/** Where the elements of a set and their holes are in a text, in a few bytes per element. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type {
  ElementShape,
  ShapedElement,
  ShapedElements,
} from '../../src/ast/nft/shaped-elements.ts';
import type { Source } from '../../src/base/span.ts';
import type { LineShape } from './line-shape.ts';

const mostShapes = 255;
const longestElement = 0xffff;

type Numbers = Uint8Array | Uint16Array | Uint32Array;

export class ElementPlaces implements ShapedElements {
  readonly source: Source;
  count = 0;
  private readonly shapes: ElementShape[] = [];
  private shapeNumbers = new Uint8Array(64);
  private starts = new Uint32Array(64);
  /** Where the places of each element are. */
  private offsets = new Uint32Array(64);
  /** For each element its length, then start and end of every hole, from the element's start. */
  private places = new Uint16Array(256);
  private used = 0;
  private readonly view: ElementView;

  constructor(source: Source) {
    this.source = source;
    this.view = new ElementView(source);
  }

  /** Adds the element just scanned; false when it cannot be kept. */
  add(shape: ElementShape, line: LineShape): boolean {
    const number = this.numberOf(shape);
    if (number < 0 || line.end - line.start > longestElement) return false;
    const { count } = this;
    if (count === this.starts.length) this.growElements();
    if (this.used + 1 + 2 * line.holes > this.places.length) {
      this.places = grown(this.places, new Uint16Array(this.places.length * 2));
    }
    this.shapeNumbers[count] = number;
    this.starts[count] = line.start;
    this.offsets[count] = this.used;
    this.keep(line);
    this.count = count + 1;
    return true;
  }

  private keep({ start, end, holes, starts, ends }: LineShape): void {
    const { places } = this;
    let next = this.used;
    places[next++] = end - start;
    for (let hole = 0; hole < holes; hole++) {
      places[next++] = (starts[hole] ?? 0) - start;
      places[next++] = (ends[hole] ?? 0) - start;
    }
    this.used = next;
  }

  private numberOf(shape: ElementShape): number {
    const last = this.shapeNumbers[this.count - 1] ?? 0;
    if (this.shapes[last] === shape) return last;
    const known = this.shapes.indexOf(shape);
    if (known >= 0) return known;
    if (this.shapes.length === mostShapes) return -1;
    return this.shapes.push(shape) - 1;
  }

  private growElements(): void {
    const length = this.starts.length * 2;
    this.shapeNumbers = grown(this.shapeNumbers, new Uint8Array(length));
    this.starts = grown(this.starts, new Uint32Array(length));
    this.offsets = grown(this.offsets, new Uint32Array(length));
  }

  at(index: number): ShapedElement {
    const { view } = this;
    view.start = this.starts[index] ?? 0;
    view.place = this.offsets[index] ?? 0;
    view.places = this.places;
    view.shape = this.shapes[this.shapeNumbers[index] ?? 0] ?? noShape;
    return view;
  }

  expressions(): readonly Expression[] {
    return Array.from({ length: this.count }, (_, index) => {
      const { shape, start } = this.at(index);
      return shape.materialise(this.source, start);
    });
  }
}

const noShape: ElementShape = {
  holes: [],
  materialise: (source, start) => ({
    kind: 'symbol',
    text: '',
    span: { source, start, end: start },
  }),
};

/** One element at a time. */
class ElementView implements ShapedElement {
  readonly source: Source;
  shape = noShape;
  start = 0;
  place = 0;
  places = new Uint16Array();

  constructor(source: Source) {
    this.source = source;
  }

  get end(): number {
    return this.start + (this.places[this.place] ?? 0);
  }

  holeStart(hole: number): number {
    return this.start + (this.places[this.place + 2 * hole + 1] ?? 0);
  }

  holeEnd(hole: number): number {
    return this.start + (this.places[this.place + 2 * hole + 2] ?? 0);
  }
}

function grown<Array extends Numbers>(from: Array, to: Array): Array {
  to.set(from);
  return to;
}
