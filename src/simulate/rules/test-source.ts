/** Single words of a packet that rules test: where they stand, and reading one without registers. */

import type { CtOperation, MetaOperation, Operation } from '../../model/operations.ts';
import { isReply } from '../conntrack/connection.ts';
import { conntrackStateBit } from '../operations/ct.ts';
import { familyNumbers, packetTypes } from '../operations/meta.ts';
import { isFast } from '../operations/payload.ts';
import type { Evaluation } from './evaluation.ts';

/** Numbers of places, for code in integer arrays. */
export const testSource = {
  network: 0,
  transport: 1,
  /** Aligned reads of 1, 2 or 4 bytes, which look into later fragments as well. */
  fastTransport: 2,
  l4proto: 3,
  nfproto: 4,
  mark: 5,
  iif: 6,
  oif: 7,
  protocol: 8,
  pkttype: 9,
  ctState: 10,
  ctStatus: 11,
  ctMark: 12,
  ctDirection: 13,
  iifname: 14,
  oifname: 15,
} as const;

/** What an operation loads: a place that has no effect and asks nothing when it is read. */
export interface LoadedPlace {
  readonly source: number;
  /** Bytes; payload only. */
  readonly offset: number;
  /** Bytes that are loaded. */
  readonly length: number;
}

const metaPlaces: Readonly<Record<string, readonly [source: number, length: number]>> = {
  l4proto: [testSource.l4proto, 1],
  nfproto: [testSource.nfproto, 1],
  mark: [testSource.mark, 4],
  iif: [testSource.iif, 4],
  oif: [testSource.oif, 4],
  protocol: [testSource.protocol, 2],
  pkttype: [testSource.pkttype, 1],
  iifname: [testSource.iifname, 16],
  oifname: [testSource.oifname, 16],
};

const ctPlaces: Readonly<Record<string, readonly [source: number, length: number]>> = {
  state: [testSource.ctState, 4],
  status: [testSource.ctStatus, 4],
  mark: [testSource.ctMark, 4],
  direction: [testSource.ctDirection, 1],
};

/** Undefined: no load, or one that the tests of whole rules do not cover. */
export function loadedPlace(operation: Operation): LoadedPlace | undefined {
  switch (operation.kind) {
    case 'payload': {
      const { base, offset, length } = operation;
      if (length > 16) return undefined;
      if (base === 'network') return { source: testSource.network, offset, length };
      if (base !== 'transport') return undefined;
      const fast = isFast(offset, length);
      return { source: fast ? testSource.fastTransport : testSource.transport, offset, length };
    }
    case 'meta':
      return keyedPlace(metaPlaces, operation);
    case 'ct':
      return keyedPlace(ctPlaces, operation);
    default:
      return undefined;
  }
}

function keyedPlace(
  places: Readonly<Record<string, readonly [source: number, length: number]>>,
  { key }: MetaOperation | CtOperation,
): LoadedPlace | undefined {
  const place = places[key];
  return place === undefined ? undefined : { source: place[0], offset: 0, length: place[1] };
}

/** A number of host order as the word that its bytes make in a register. */
function swapped(value: number): number {
  return (
    (value << 24) | ((value << 8) & 0xff0000) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 255)
  );
}

/** Where bytes of the packet start; -1: they are not there, and the rule does not match. */
export function placeStart(
  { packet, info }: Evaluation,
  source: number,
  offset: number,
  length: number,
): number {
  let start = offset;
  if (source !== testSource.network) {
    if (!info.hasTransport) return -1;
    if (info.fragmentOffset !== 0 && source === testSource.transport) return -1;
    start += info.transport;
  }
  return start + length > packet.length ? -1 : start;
}

/** Up to four bytes, as the most significant ones of a word. */
export function wordAt(bytes: Uint8Array, at: number, length: number): number {
  switch (length) {
    case 4:
      return (
        ((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0)
      );
    case 2:
      return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
    case 1:
      return (bytes[at] ?? 0) << 24;
    default:
      return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8);
  }
}

/**
 * Reads a place of at most four bytes into `evaluation.word`, first byte uppermost, the rest zero. False: the expression
 * breaks the rule.
 */
export function readPlace(
  evaluation: Evaluation,
  source: number,
  offset: number,
  length: number,
): boolean {
  const { packet, state } = evaluation;
  switch (source) {
    case testSource.network:
    case testSource.transport:
    case testSource.fastTransport: {
      const start = placeStart(evaluation, source, offset, length);
      if (start < 0) return false;
      evaluation.word = wordAt(packet.bytes, start, length);
      return true;
    }
    case testSource.l4proto:
      evaluation.word = evaluation.info.protocol << 24;
      return evaluation.info.hasTransport;
    case testSource.nfproto:
      evaluation.word = familyNumbers[state.family] << 24;
      return true;
    case testSource.mark:
      evaluation.word = swapped(packet.mark);
      return true;
    case testSource.iif:
      evaluation.word = swapped(state.input?.index ?? 0);
      return true;
    case testSource.oif:
      evaluation.word = swapped(state.output?.index ?? 0);
      return true;
    case testSource.protocol:
      evaluation.word = packet.etherType << 16;
      return true;
    case testSource.pkttype:
      evaluation.word = packetTypes[packet.packetType] << 24;
      return true;
    case testSource.ctState:
      evaluation.word = conntrackStateBit(evaluation) << 24;
      return true;
    default:
      return readConnection(evaluation, source);
  }
}

function readConnection(evaluation: Evaluation, source: number): boolean {
  const { connection, connectionInfo } = evaluation.packet;
  if (connection === undefined || connectionInfo === undefined) return false;
  switch (source) {
    case testSource.ctStatus:
      evaluation.word = swapped(connection.status);
      return true;
    case testSource.ctMark:
      evaluation.word = swapped(connection.mark);
      return true;
    default:
      evaluation.word = isReply(connectionInfo) ? 1 << 24 : 0;
      return true;
  }
}

/** The name of the device that `iifname` or `oifname` sees. */
export function deviceName({ state }: Evaluation, source: number): string {
  return (source === testSource.iifname ? state.input?.name : state.output?.name) ?? '';
}
