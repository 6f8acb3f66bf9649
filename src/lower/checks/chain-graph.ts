/** Which chain jumps to which, in arrays: a node has a hundred thousand jumps, most of them in rules of a few shapes. */

import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import { ShapedProgramRule } from '../shape/shaped-program-rule.ts';
import type { HookNeed } from './hooks.ts';

/** Where a message points to: a jump of a rule with a shape is told by its number among those of the rule. */
export type Place = Span | (() => Span) | ShapedProgramRule;

export interface Need {
  readonly need: HookNeed;
  readonly kind: Operation['kind'];
}

/** Rows of one kind, chain after chain. */
class Rows<Row> {
  readonly rows: Row[] = [];
  readonly places: Place[] = [];
  /** Of places that are rules: which jump of the rule. */
  readonly numbers: number[] = [];
  /** Where the rows of each chain begin. */
  readonly starts: number[] = [];

  add(row: Row, place: Place, number: number): void {
    this.rows.push(row);
    this.places.push(place);
    this.numbers.push(number);
  }

  end(chain: number): number {
    return this.starts[chain + 1] ?? this.rows.length;
  }
}

export class ChainGraph {
  /** Numbers of the chains that are jumped to. */
  readonly jumps = new Rows<number>();
  readonly needs = new Rows<Need>();

  /** What is added from here on belongs to the next chain. */
  startChain(): void {
    this.jumps.starts.push(this.jumps.rows.length);
    this.needs.starts.push(this.needs.rows.length);
  }

  jumpSpan(row: number): Span {
    const place = this.jumps.places[row];
    if (!(place instanceof ShapedProgramRule)) return spanAt(place);
    const jump = place.variant.facts.jumps[this.jumps.numbers[row] ?? 0];
    return jump === undefined ? place.span : jump.place(place.rule);
  }

  needSpan(row: number): Span {
    const place = this.needs.places[row];
    return place instanceof ShapedProgramRule ? place.span : spanAt(place);
  }
}

const nowhere: Span = { source: { name: '', text: '' }, start: 0, end: 0 };

function spanAt(place: Span | (() => Span) | undefined): Span {
  if (place === undefined) return nowhere;
  return typeof place === 'function' ? place() : place;
}
