/** Reads `conntrack -L`, with `-o extended` or without, and /proc/net/nf_conntrack. */

import { parseAddress } from '../../base/address.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { ConntrackEntry, ConntrackTuple } from '../../host/conntrack-entry.ts';
import {
  addWarning,
  lineSpan,
  linesOf,
  notUnderstood,
  parseDecimal,
  parseUnsigned,
  quoted,
  wordsOf,
} from '../host-text/lines.ts';

/** The entries in their order; what is not understood is a warning. */
export function parseConntrack(source: Source): Result<readonly ConntrackEntry[]> {
  const diagnostics: Diagnostic[] = [];
  const value = linesOf(source).flatMap((line) => {
    if (/^conntrack v\d/.test(line.text)) return [];
    const entry = readEntry(wordsOf(line).map((word) => word.text));
    if (entry !== undefined) return [entry];
    addWarning(
      diagnostics,
      notUnderstood(
        lineSpan(source, line),
        `not a connection tracking entry: ${quoted(line.text.trim())}`,
      ),
    );
    return [];
  });
  return { value, diagnostics };
}

/** One entry from its words; undefined if they are none. */
function readEntry(words: readonly string[]): ConntrackEntry | undefined {
  let position = words[0] === 'ipv4' || words[0] === 'ipv6' ? 2 : 0;
  const protocolName = words[position++] ?? '';
  const protocol = parseDecimal(words[position++]);
  if (protocol === undefined || protocol > 255 || !/^[a-z][a-z0-9-]*$/.test(protocolName))
    return undefined;
  const timeoutSeconds = parseDecimal(words[position]);
  if (timeoutSeconds !== undefined) position++;
  const rest = readRest(words.slice(position));
  if (rest === undefined) return undefined;
  const { tuples, ...facts } = rest;
  const [original, reply] = tuples.map(readTuple);
  if (original === undefined || reply === undefined || tuples.length > 2) return undefined;
  if (original.source.length !== reply.source.length) return undefined;
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  const family = original.source.length === 4 ? 4 : 6;
  return { family, protocol, protocolName, ...timeout, original, reply, ...facts };
}

type Facts = Omit<
  ConntrackEntry,
  'family' | 'protocol' | 'protocolName' | 'timeoutSeconds' | 'original' | 'reply'
>;
interface Rest extends Facts {
  readonly tuples: readonly ReadonlyMap<string, string>[];
}

/** Keys that belong to the tuple they follow; every `src=` opens the next one. */
const tupleKeys: ReadonlySet<string> = new Set(
  'src dst sport dport type code id srckey dstkey zone-orig zone-reply packets bytes'.split(' '),
);
const factKeys: ReadonlySet<string> = new Set(
  'mark zone use secctx secmark helper labels delta-time start stop'.split(' '),
);

function readRest(words: readonly string[]): Rest | undefined {
  const tuples: Map<string, string>[] = [];
  const values = new Map<string, string>();
  const flags = new Set<string>();
  let state: string | undefined;
  for (const [position, word] of words.entries()) {
    const pair = /^([a-z-]+)=(.*)$/.exec(word);
    const [, key = '', value = ''] = pair ?? [];
    if (key === 'src') tuples.push(new Map());
    const isLate = values.has('mark') || values.has('use') || values.has('zone');
    if (tupleKeys.has(key) && !(key === 'id' && isLate)) tuples.at(-1)?.set(key, value);
    else if (factKeys.has(key) || key === 'id') values.set(key, value);
    else if (/^\[.*\]$/.test(word)) flags.add(word);
    else if (position === 0 && /^[A-Z][A-Z0-9_]*$/.test(word)) state = word;
    // /proc shows the timeouts of GRE, with a comma, before the addresses.
    else if (!/^(stream_)?timeout=\d+,?$/.test(word)) return undefined;
  }
  return { tuples, ...(state === undefined ? {} : { state }), ...readFacts(values, flags) };
}

function readFacts(
  values: ReadonlyMap<string, string>,
  flags: ReadonlySet<string>,
): Omit<Facts, 'state'> {
  const number = (key: string) => parseDecimal(values.get(key));
  const optional = {
    mark: parseUnsigned(values.get('mark')),
    securityContext: values.get('secctx'),
    helper: values.get('helper'),
    labels: values.get('labels')?.split(','),
    useCount: number('use'),
    id: number('id'),
    deltaTimeSeconds: number('delta-time'),
  };
  const result: Omit<Facts, 'state'> = {
    unreplied: flags.has('[UNREPLIED]'),
    assured: flags.has('[ASSURED]'),
    zone: number('zone') ?? 0,
    ...(flags.has('[OFFLOAD]') ? { offload: 'software' as const } : {}),
    ...(flags.has('[HW_OFFLOAD]') ? { offload: 'hardware' as const } : {}),
  };
  for (const [key, value] of Object.entries(optional)) {
    if (value !== undefined) Object.assign(result, { [key]: value });
  }
  return result;
}

/** The fields of a tuple that are plain numbers, decimal or 0x. */
const tupleNumbers = {
  sport: 'sourcePort',
  dport: 'destinationPort',
  type: 'icmpType',
  code: 'icmpCode',
  id: 'icmpId',
  srckey: 'sourceKey',
  dstkey: 'destinationKey',
  'zone-orig': 'zone',
  'zone-reply': 'zone',
} as const;

function readTuple(values: ReadonlyMap<string, string>): ConntrackTuple | undefined {
  const source = parseAddress(values.get('src') ?? '');
  const destination = parseAddress(values.get('dst') ?? '');
  if (source === undefined || destination === undefined || source.length !== destination.length)
    return undefined;
  const numbers: { [Key in (typeof tupleNumbers)[keyof typeof tupleNumbers]]?: number } = {};
  for (const [key, field] of Object.entries(tupleNumbers)) {
    const text = values.get(key);
    const number = parseUnsigned(text);
    if (text !== undefined && number === undefined) return undefined;
    if (number !== undefined) numbers[field] = number;
  }
  return {
    source,
    destination,
    ...numbers,
    ...counter(values, 'packets'),
    ...counter(values, 'bytes'),
  };
}

function counter(
  values: ReadonlyMap<string, string>,
  key: 'packets' | 'bytes',
): { packets?: bigint; bytes?: bigint } {
  const text = values.get(key);
  return text !== undefined && /^\d{1,20}$/.test(text) ? { [key]: BigInt(text) } : {};
}
