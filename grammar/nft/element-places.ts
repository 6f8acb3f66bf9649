/** Where the elements of a set are in a text and what is in their holes, in a few bytes per element. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type {
  ElementKind,
  ElementShape,
  ShapedElement,
  ShapedElements,
} from '../../src/ast/nft/shaped-elements.ts';
import type { Source } from '../../src/base/span.ts';
import { ElementMatcher } from './element-matcher.ts';
import { LineShape, scanModes } from './line-shape.ts';

const mostKinds = 255;
const longestElement = 0xffff;
/** Elements are compared with the last few kinds; the others are found by their hash. */
const mostMatched = 4;

type Numbers = Uint8Array | Uint32Array;

interface Kind extends ElementKind {
  readonly matcher: ElementMatcher | undefined;
}

export class ElementPlaces implements ShapedElements {
  readonly source: Source;
  count = 0;
  readonly kinds: Kind[] = [];
  kindNumbers = new Uint8Array(64);
  offsets = new Uint32Array(64);
  /** Plain kinds: the numbers. Others: for each hole its start and end, 16 bits each, from the element's start. */
  values = new Uint32Array(256);
  private starts = new Uint32Array(64);
  private used = 0;
  /** Numbers of kinds with a matcher, the last one met first. */
  private readonly recent: number[] = [];
  private readonly view: ElementView;

  constructor(source: Source) {
    this.source = source;
    this.view = new ElementView(source, this);
  }

  /** Takes the element that begins at `position`, if it is like one of the last ones; where its comma or brace is. */
  match(position: number): number {
    const { text } = this.source;
    const { recent, used } = this;
    let start = position;
    while (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9) start++;
    for (let place = 0; place < recent.length; place++) {
      const number = recent[place] ?? 0;
      const matcher = this.kinds[number]?.matcher;
      if (matcher === undefined) continue;
      this.reserve(matcher.holes);
      if (!matcher.match(text, start, this.values, used)) continue;
      if (place > 0) {
        recent[place] = recent[0] ?? 0;
        recent[0] = number;
      }
      this.keep(number, start, matcher.holes);
      return matcher.stop;
    }
    return -1;
  }

  /** Adds the element just scanned; false when it cannot be kept. */
  add(shape: ElementShape, line: LineShape): boolean {
    const { start, holes } = line;
    if (line.end - start > longestElement) return false;
    this.reserve(holes);
    let number = ElementMatcher.isPlain(line) ? this.numberOf(shape, true, line) : -1;
    const matcher = this.kinds[number]?.matcher;
    if (matcher?.match(this.source.text, start, this.values, this.used) !== true) {
      number = this.numberOf(shape, false, line);
      if (number < 0) return false;
      for (let hole = 0; hole < holes; hole++) {
        const from = (line.starts[hole] ?? 0) - start;
        this.values[this.used + hole] = (from << 16) | ((line.ends[hole] ?? 0) - start);
      }
    } else this.remember(number);
    this.keep(number, start, holes);
    return true;
  }

  private remember(number: number): void {
    const { recent } = this;
    if (recent.includes(number)) return;
    recent.unshift(number);
    if (recent.length > mostMatched) recent.pop();
  }

  private keep(kind: number, start: number, holes: number): void {
    const { count } = this;
    if (count === this.starts.length) this.growElements();
    this.kindNumbers[count] = kind;
    this.starts[count] = start;
    this.offsets[count] = this.used;
    this.used += holes;
    this.count = count + 1;
  }

  private reserve(holes: number): void {
    while (this.used + holes > this.values.length) {
      this.values = grown(this.values, new Uint32Array(this.values.length * 2));
    }
  }

  private numberOf(shape: ElementShape, plain: boolean, line: LineShape): number {
    const known = this.kinds.findIndex((kind) => kind.shape === shape && kind.plain === plain);
    if (known >= 0) return known;
    if (this.kinds.length === mostKinds) return -1;
    const matcher = plain ? new ElementMatcher(this.source.text, line) : undefined;
    return this.kinds.push({ shape, plain, matcher }) - 1;
  }

  private growElements(): void {
    const length = this.starts.length * 2;
    this.kindNumbers = grown(this.kindNumbers, new Uint8Array(length));
    this.starts = grown(this.starts, new Uint32Array(length));
    this.offsets = grown(this.offsets, new Uint32Array(length));
  }

  at(index: number): ShapedElement {
    const { view } = this;
    view.start = this.starts[index] ?? 0;
    view.place = this.offsets[index] ?? 0;
    const kind = this.kinds[this.kindNumbers[index] ?? 0];
    view.shape = kind?.shape ?? noShape;
    view.plain = kind?.plain ?? false;
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
  private readonly places: ElementPlaces;
  shape = noShape;
  plain = false;
  start = 0;
  place = 0;
  private readonly line = new LineShape();
  private scanned = -1;

  constructor(source: Source, places: ElementPlaces) {
    this.source = source;
    this.places = places;
  }

  get end(): number {
    return this.scan().end;
  }

  holeStart(hole: number): number {
    if (this.plain) return this.scan().starts[hole] ?? 0;
    return this.start + ((this.places.values[this.place + hole] ?? 0) >>> 16);
  }

  holeEnd(hole: number): number {
    if (this.plain) return this.scan().ends[hole] ?? 0;
    return this.start + ((this.places.values[this.place + hole] ?? 0) & 0xffff);
  }

  /** The places that are not kept. */
  private scan(): LineShape {
    const { line, start } = this;
    if (this.scanned !== start) line.scan(this.source.text, start, scanModes.element);
    this.scanned = start;
    return line;
  }
}

function grown<Array extends Numbers>(from: Array, to: Array): Array {
  to.set(from);
  return to;
}
