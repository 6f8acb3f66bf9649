/** Streams: each packet meets what the one before it left, earlier states stay what they were. */

import { describe, expect, it } from 'vitest';
import { readConntrack, readCounters } from '../../../src/simulate/reading.ts';
import { initialState } from '../../../src/simulate/simulate.ts';
import { simulateMany } from '../../../src/simulate/simulate-many.ts';
import { arriving, clock, compileOnRouter, packetBetween, programOfNft } from './router.ts';

const ruleset = `table ip t {
	chain before {
		type nat hook prerouting priority -100; policy accept;
		tcp dport 80 counter dnat to numgen random mod 4 map { 0 : 10.0.0.2, 1 : 10.0.0.3, 2 : 10.0.0.4, 3 : 10.0.0.5 }
	}

	chain through {
		type filter hook forward priority 0; policy accept;
		limit rate 1/minute burst 3 packets counter accept
		drop
	}
}
`;

const packets = Array.from({ length: 40 }, (_, index) =>
  arriving('eth0', packetBetween('203.0.113.9', '203.0.113.2', { sourcePort: 2000 + index })),
);

describe('simulateMany', () => {
  const compiled = compileOnRouter(programOfNft(ruleset));
  const start = initialState(compiled);
  const results = [...simulateMany(compiled, start, packets, { clock, seed: 7 })];

  it('lets the packets meet each other', () => {
    const kinds = results.map(({ fate }) => fate.kind);
    expect(kinds.slice(0, 4)).toEqual(['forwarded', 'forwarded', 'forwarded', 'drop']);
    expect(new Set(kinds.slice(3))).toEqual(new Set(['drop']));
  });

  it('draws anew for each packet, and the same for the same seed', () => {
    const drawn = results.map(({ choices }) => choices[0]?.option);
    expect(new Set(drawn).size).toBe(4);
    const again = [...simulateMany(compiled, start, packets, { clock, seed: 7 })];
    expect(again.map(({ choices }) => choices[0]?.option)).toEqual(drawn);
  });

  it('keeps every state that it gave', () => {
    const counted = (at: number) => {
      const state = results[at]?.state ?? start;
      return [
        readCounters(compiled, state)[0]?.packets,
        readConntrack(compiled, state, clock).length,
      ];
    };
    expect(counted(39)).toEqual([40, 3]);
    expect(counted(1)).toEqual([2, 2]);
    expect(counted(20)).toEqual([21, 3]);
    expect(readConntrack(compiled, start, clock)).toEqual([]);
  });

  it('keeps the first and the last state of a stream that shall not keep them all', () => {
    const others = [
      ...simulateMany(compiled, start, packets, { clock, seed: 7, keepStates: false }),
    ];
    expect(others.map(({ fate }) => fate)).toEqual(results.map(({ fate }) => fate));
    const last = others[39]?.state ?? start;
    const seen = () => [
      readCounters(compiled, last),
      readConntrack(compiled, last, clock),
      readCounters(compiled, start),
      readConntrack(compiled, start, clock),
    ];
    const whole = results[39]?.state ?? start;
    const expected = [
      readCounters(compiled, whole),
      readConntrack(compiled, whole, clock),
      readCounters(compiled, start),
      readConntrack(compiled, start, clock),
    ];
    expect(seen()).toEqual(expected);
    expect(seen()).toEqual(expected);
    expect(() => readCounters(compiled, others[20]?.state ?? start)).toThrow(RangeError);
  });
});
