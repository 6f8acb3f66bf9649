/** -m sctp: ports and chunk types. */

import { extension, type ValueKind, type ValueSite } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { portRange } from '../value-kinds.ts';
import type { PortMatch } from './tcp.ts';

export interface SctpChunk {
  readonly type: number;
  /** Chunk flags that are looked at, and what they must be. */
  readonly mask: number;
  readonly value: number;
}

export interface SctpOptions {
  readonly kind: 'sctp';
  readonly sport?: PortMatch;
  readonly dport?: PortMatch;
  readonly chunks?: {
    readonly quantifier: 'all' | 'any' | 'only';
    readonly types: readonly SctpChunk[];
    readonly inverted: boolean;
  };
}

/** Name, number, letters of the flags from the lowest bit on. */
// biome-ignore format: table
export const sctpChunkTypes: readonly (readonly [name: string, type: number, flags: string])[] = [
  ['DATA', 0, 'EBUI'], ['INIT', 1, ''], ['INIT_ACK', 2, ''], ['SACK', 3, ''], ['HEARTBEAT', 4, ''],
  ['HEARTBEAT_ACK', 5, ''], ['ABORT', 6, 'T'], ['SHUTDOWN', 7, ''], ['SHUTDOWN_ACK', 8, ''], ['ERROR', 9, ''],
  ['COOKIE_ECHO', 10, ''], ['COOKIE_ACK', 11, ''], ['ECN_ECNE', 12, ''], ['ECN_CWR', 13, ''],
  ['SHUTDOWN_COMPLETE', 14, 'T'], ['I_DATA', 64, 'EBUI'], ['RE_CONFIG', 130, ''], ['PAD', 132, ''],
  ['ASCONF', 193, ''], ['ASCONF_ACK', 128, ''], ['FORWARD_TSN', 192, ''], ['I_FORWARD_TSN', 194, ''],
];

interface Chunks {
  readonly quantifier: 'all' | 'any' | 'only';
  readonly types: readonly SctpChunk[];
}

const chunkTypes: ValueKind<Chunks> = {
  words: 2,
  read: ([quantifier = '', list = ''], site) => {
    const lower = quantifier.toLowerCase();
    if (lower !== 'all' && lower !== 'any' && lower !== 'only') {
      return site.problem(
        `bad value '${quantifier}' for '${site.option}'`,
        'all, any or only, then the chunk types',
      );
    }
    const types = readChunks(list, site);
    return types && { quantifier: lower, types };
  },
};

function readChunks(list: string, site: ValueSite): readonly SctpChunk[] | undefined {
  if (list.toUpperCase() === 'NONE') return [];
  if (list.toUpperCase() === 'ALL') {
    return Array.from({ length: 256 }, (_, type) => ({ type, mask: 0, value: 0 }));
  }
  const chunks = new Map<number, SctpChunk>();
  for (const part of list.split(',')) {
    const [name = '', letters = ''] = part.split(':');
    const row = sctpChunkTypes.find(([known]) => known === name.toUpperCase());
    if (row === undefined) return site.problem(`unknown chunk type '${name}'`);
    const chunk = readFlags(row[1], row[2], letters);
    if (chunk === undefined) return site.problem(`chunk type ${row[0]} has no flags '${letters}'`);
    chunks.set(chunk.type, chunk);
  }
  return [...chunks.values()].sort((first, second) => first.type - second.type);
}

/** An upper-case letter wants the flag set, a lower-case one clear. */
function readFlags(type: number, known: string, letters: string): SctpChunk | undefined {
  let mask = 0;
  let value = 0;
  for (const letter of letters) {
    const bit = known.indexOf(letter.toUpperCase());
    if (bit < 0) return undefined;
    mask |= 1 << bit;
    value = letter === letter.toUpperCase() ? value | (1 << bit) : value & ~(1 << bit);
  }
  return { type, mask, value };
}

export const sctp = extension({
  name: 'sctp',
  protocols: [132],
  revision: 0,
  options: {
    sport: { name: '--sport', aliases: ['--source-port'], value: portRange, invert: true },
    dport: {
      name: '--dport',
      aliases: ['--destination-port'],
      value: portRange,
      invert: true,
    },
    chunks: { name: '--chunk-types', value: chunkTypes, invert: true },
  },
  read: (values): SctpOptions => ({
    kind: 'sctp',
    ...(values.sport && { sport: { ...values.sport.value, inverted: values.sport.negated } }),
    ...(values.dport && { dport: { ...values.dport.value, inverted: values.dport.negated } }),
    ...(values.chunks && { chunks: { ...values.chunks.value, inverted: values.chunks.negated } }),
  }),
  save: ({ sport, dport, chunks }) => [
    ...(sport ? saved('--sport', sport.inverted, savedRange(sport)) : []),
    ...(dport ? saved('--dport', dport.inverted, savedRange(dport)) : []),
    ...(chunks
      ? saved('--chunk-types', chunks.inverted, chunks.quantifier, savedChunks(chunks.types))
      : []),
  ],
});

function savedChunks(types: readonly SctpChunk[]): string {
  if (types.length === 0) return 'NONE';
  if (types.length === 256) return 'ALL';
  return types.map(savedChunk).join(',');
}

function savedChunk({ type, mask, value }: SctpChunk): string {
  const row = sctpChunkTypes.find((candidate) => candidate[1] === type);
  if (row === undefined) return String(type);
  const letters = Array.from(row[2], (letter, bit) =>
    mask & (1 << bit) ? (value & (1 << bit) ? letter : letter.toLowerCase()) : '',
  );
  return mask === 0 ? row[0] : `${row[0]}:${letters.reverse().join('')}`;
}
