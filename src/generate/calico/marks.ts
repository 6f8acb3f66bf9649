/** Which bits of the packet mark mean what (felix/markbits, felix/rules). */

import { fnv1 } from './hash.ts';

/** Hands out the bits of a mask, lowest first. */
export interface MarkBits {
  readonly mask: number;
  /** Bits not handed out yet, lowest first. */
  readonly free: readonly number[];
}

export function markBits(mask: number): MarkBits {
  const free: number[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if ((mask >>> bit) & 1) free.push((1 << bit) >>> 0);
  }
  return { mask, free };
}

export interface MarkBlock {
  readonly mark: number;
  readonly bits: number;
  readonly rest: MarkBits;
}

/** The next bits as one block, at most `size`, fewer if fewer are left; undefined if none is. */
export function allocateBlock(bits: MarkBits, size: number): MarkBlock | undefined {
  const taken = bits.free.slice(0, size);
  if (taken.length === 0) return undefined;
  const mark = taken.reduce((sum, bit) => (sum | bit) >>> 0, 0);
  return { mark, bits: taken.length, rest: { mask: bits.mask, free: bits.free.slice(size) } };
}

/** How many different numbers the free bits can hold. */
export function freePositions(bits: MarkBits): number {
  return bits.free.length === 0 ? 0 : 2 ** bits.free.length;
}

/** Spreads the bits of `number` over the bits of `mask`, low to high; undefined if it does not fit. */
export function markFromNumber(mask: number, number: number): number | undefined {
  const positions = markBits(mask).free;
  if (number >= 2 ** positions.length) return undefined;
  let rest = number;
  let mark = 0;
  for (const position of positions) {
    if (rest % 2 === 1) mark = (mark | position) >>> 0;
    rest = Math.floor(rest / 2);
  }
  return mark;
}

/** The inverse of `markFromNumber`; undefined if the mark has bits outside the mask. */
export function numberFromMark(mask: number, mark: number): number | undefined {
  if ((mark & ~mask) !== 0) return undefined;
  return markBits(mask).free.reduce(
    (sum, position, index) => sum + ((mark & position) !== 0 ? 2 ** index : 0),
    0,
  );
}

/** The bits Felix uses in rules; 0 where a bit is not allocated. */
export interface Marks {
  readonly accept: number;
  readonly pass: number;
  readonly drop: number;
  readonly scratch0: number;
  readonly scratch1: number;
  readonly wireguard: number;
  /** The field that holds an endpoint's number in IPVS mode. */
  readonly endpoint: number;
  /** The endpoint number that means: not an endpoint of Calico's. */
  readonly nonCalicoEndpoint: number;
}

/** Everything that is cleared when a packet enters a table. */
export function allMarks(marks: Marks): number {
  return (marks.accept | marks.pass | marks.scratch0 | marks.scratch1) >>> 0;
}

/** Felix's allocation from its mask; undefined when the mask has too few bits. */
export function allocateMarks(mask: number, wireguard: boolean): Marks | undefined {
  const { free } = markBits(mask);
  const singles = wireguard ? 6 : 5;
  const [accept, pass, drop, scratch0, scratch1] = free;
  if (scratch1 === undefined || free.length < singles) return undefined;
  if (accept === undefined || pass === undefined) return undefined;
  if (drop === undefined || scratch0 === undefined) return undefined;
  const rest = free.slice(singles);
  return {
    accept,
    pass,
    drop,
    scratch0,
    scratch1,
    wireguard: wireguard ? (free[5] ?? 0) : 0,
    endpoint: rest.reduce((sum, bit) => (sum | bit) >>> 0, 0),
    nonCalicoEndpoint: rest[0] ?? 0,
  };
}

/** Marks of endpoints by interface name; a missing name means that no number was free. */
export interface EndpointMarks {
  readonly mask: number;
  readonly nonCalico: number;
  readonly byInterface: ReadonlyMap<string, number>;
}

export interface EndpointMarkAllocator {
  /** The mark of an interface, the same at every call until it is released. */
  readonly allocate: (name: string) => number | undefined;
  readonly release: (name: string) => void;
}

/** Hash, then the next free number; number 0 and the reserved value are never given out. */
export function endpointMarkAllocator(
  mask: number,
  nonCalico: number,
  hash: (name: string) => number = fnv1,
): EndpointMarkAllocator {
  const size = freePositions(markBits(mask));
  const byName = new Map<string, number>();
  const taken = new Set<number>([numberFromMark(mask, nonCalico) ?? 0]);
  const probe = (name: string): number | undefined => {
    for (let attempt = 0; attempt < size; attempt++) {
      const number = (hash(name) + attempt) % size;
      if (number !== 0 && !taken.has(number)) return number;
    }
    return undefined;
  };
  return {
    allocate: (name) => {
      const number = byName.get(name) ?? (taken.size < size ? probe(name) : undefined);
      if (number === undefined) return undefined;
      byName.set(name, number);
      taken.add(number);
      return markFromNumber(mask, number);
    },
    release: (name) => {
      const number = byName.get(name);
      if (number !== undefined) taken.delete(number);
      byName.delete(name);
    },
  };
}

/** Marks for the interfaces in the order given. */
export function allocateEndpointMarks(
  mask: number,
  nonCalico: number,
  interfaces: readonly string[],
): EndpointMarks {
  const allocator = endpointMarkAllocator(mask, nonCalico);
  const byInterface = new Map<string, number>();
  for (const name of interfaces) {
    const mark = allocator.allocate(name);
    if (mark !== undefined) byInterface.set(name, mark);
  }
  return { mask, nonCalico, byInterface };
}
