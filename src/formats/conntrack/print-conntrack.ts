/** Prints entries as `conntrack -L -o extended` does. */

import { formatAddress } from '../../base/address.ts';
import type { ConntrackEntry, ConntrackTuple } from '../../host/conntrack-entry.ts';

export interface PrintConntrackOptions {
  /** `tool` pads columns as conntrack does; `single` puts one space between words. Default `tool`. */
  readonly spacing?: 'tool' | 'single';
  /** Default true. */
  readonly timeout?: boolean;
  /** Default true. */
  readonly use?: boolean;
  /** `ipv4 2` before the protocol, as `-o extended` prints it; default true. */
  readonly family?: boolean;
}

/** One line without its end; entries without a mark have none printed. */
export function printConntrackEntry(
  entry: ConntrackEntry,
  options: PrintConntrackOptions = {},
): string {
  const padded = options.spacing !== 'single';
  const column = (text: string) => (padded ? text.padEnd(8) : text);
  const showTimeout = options.timeout !== false && entry.timeoutSeconds !== undefined;
  return [
    ...(options.family === false
      ? []
      : [column(`ipv${entry.family}`), entry.family === 4 ? '2' : '10']),
    column(entry.protocolName),
    String(entry.protocol),
    ...(showTimeout ? [String(entry.timeoutSeconds)] : []),
    ...(entry.state === undefined ? [] : [entry.state]),
    ...printTuple(entry.original, 'zone-orig'),
    ...(entry.unreplied ? ['[UNREPLIED]'] : []),
    ...printTuple(entry.reply, 'zone-reply'),
    ...printFlags(entry),
    ...printFacts(entry, options),
  ].join(' ');
}

/** All entries, a line each. */
export function printConntrack(
  entries: readonly ConntrackEntry[],
  options: PrintConntrackOptions = {},
): string {
  return entries.map((entry) => `${printConntrackEntry(entry, options)}\n`).join('');
}

function printTuple(
  tuple: ConntrackTuple,
  zoneName: 'zone-orig' | 'zone-reply',
): readonly string[] {
  const fields: readonly (readonly [string, string | number | bigint | undefined])[] = [
    ['src', formatAddress(tuple.source)],
    ['dst', formatAddress(tuple.destination)],
    ['sport', tuple.sourcePort],
    ['dport', tuple.destinationPort],
    ['type', tuple.icmpType],
    ['code', tuple.icmpCode],
    ['id', tuple.icmpId],
    ['srckey', hexadecimal(tuple.sourceKey)],
    ['dstkey', hexadecimal(tuple.destinationKey)],
    [zoneName, tuple.zone],
    ['packets', tuple.packets],
    ['bytes', tuple.bytes],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function hexadecimal(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}

function printFlags(entry: ConntrackEntry): readonly string[] {
  if (entry.offload === 'hardware') return ['[HW_OFFLOAD]'];
  if (entry.offload === 'software') return ['[OFFLOAD]'];
  return entry.assured ? ['[ASSURED]'] : [];
}

function printFacts(entry: ConntrackEntry, options: PrintConntrackOptions): readonly string[] {
  const showUse = options.use !== false;
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['mark', entry.mark],
    ['secctx', entry.securityContext],
    ['zone', entry.zone === 0 ? undefined : entry.zone],
    ['delta-time', entry.deltaTimeSeconds],
    ['use', showUse ? entry.useCount : undefined],
    ['helper', entry.helper],
    ['id', entry.id],
    ['labels', entry.labels?.join(',')],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
