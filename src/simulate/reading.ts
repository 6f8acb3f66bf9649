/** What a state holds, as plain data: connections, counters, objects, sets. */

import type { ConntrackEntry, ConntrackTuple } from '../host/conntrack-entry.ts';
import type { ProgramSet, ProgramTable } from '../model/program.ts';
import { hasPorts, protocol } from '../packet/protocols.ts';
import type { CounterReading, SimulationState } from './api.ts';
import type { CompiledProgram } from './compile.ts';
import { type Connection, connectionStatus } from './conntrack/connection.ts';
import type { Tuple } from './conntrack/tuple.ts';
import { bytesOfAddress } from './conntrack/tuple-address.ts';
import { zoneDirection, zoneId } from './conntrack/zone.ts';
import { counterSlot } from './rules/prepare-rule.ts';
import { isGone } from './sets/collected.ts';
import type { DynamicElement } from './sets/dynamic-element.ts';
import { travelTo } from './state/store.ts';

export interface ObjectReading {
  readonly table: ProgramTable;
  readonly type: string;
  readonly name: string;
  /** As the operation lays them out: packets and bytes, or bytes consumed. */
  readonly values: readonly number[];
}

export interface SetReading {
  readonly table: ProgramTable;
  readonly set: ProgramSet;
  readonly elements: readonly DynamicElement[];
}

/** The connection table as `conntrack -L` shows it, in order of creation. */
export function readConntrack(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
): readonly ConntrackEntry[] {
  travelTo(compiled.versions, state.node);
  const { connections } = compiled.versions.store;
  return connections.flatMap((connection) =>
    connection === undefined || connection.expires <= clock
      ? []
      : [entryOf(connection, clock, compiled.accounting)],
  );
}

const protocolNames: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

function entryOf(connection: Connection, clock: number, accounting: boolean): ConntrackEntry {
  const { family, original, reply, status, mark, zone, helper, id } = connection;
  const state = connection.tcp?.state ?? connection.sctp?.state;
  const number = original.protocol;
  const counted = (direction: 0 | 1) =>
    accounting
      ? {
          packets: BigInt(connection.packets[direction]),
          bytes: BigInt(connection.bytes[direction]),
        }
      : {};
  const zoned = (direction: 'original' | 'reply') =>
    // Zone 0 is not told (ctnetlink_dump_zone_id()).
    zoneDirection(zone) === direction && zoneId(zone) !== 0 ? { zone: zoneId(zone) } : {};
  return {
    family,
    protocol: number,
    protocolName: protocolNames[number] ?? 'unknown',
    timeoutSeconds: Math.max(0, Math.ceil((connection.expires - clock) / 1000)),
    ...(state === undefined ? {} : { state }),
    original: { ...tupleReading(original), ...zoned('original'), ...counted(0) },
    reply: { ...tupleReading(reply), ...zoned('reply'), ...counted(1) },
    unreplied: (status & connectionStatus.seenReply) === 0,
    assured: (status & connectionStatus.assured) !== 0,
    mark,
    zone: zoneDirection(zone) === 'both' ? zone : 0,
    ...(helper === undefined ? {} : { helper }),
    id,
  };
}

function tupleReading(tuple: Tuple): ConntrackTuple {
  const { sourcePart, destinationPart } = tuple;
  const source = bytesOfAddress(tuple.source);
  const destination = bytesOfAddress(tuple.destination);
  if (tuple.protocol === protocol.icmp || tuple.protocol === protocol.icmpv6)
    return {
      source,
      destination,
      icmpType: destinationPart >> 8,
      icmpCode: destinationPart & 255,
      icmpId: sourcePart,
    };
  if (tuple.protocol === protocol.gre)
    return { source, destination, sourceKey: sourcePart, destinationKey: destinationPart };
  if (!hasPorts(tuple.protocol)) return { source, destination };
  return { source, destination, sourcePort: sourcePart, destinationPort: destinationPart };
}

/** Every counter expression, rule by rule in the order of the program; those that no packet met keep what they were loaded with. */
export function readCounters(
  compiled: CompiledProgram,
  state: SimulationState,
): readonly CounterReading[] {
  travelTo(compiled.versions, state.node);
  const { scalars } = compiled.versions.store;
  const readings: CounterReading[] = [];
  for (const table of compiled.program.tables) {
    for (const chain of table.chains) {
      const place = { family: table.family, table: table.name, chain: chain.name };
      const prepared = compiled.findChain(table, chain.name);
      chain.rules.forEach(({ operations }, index) => {
        operations.forEach((operation, position) => {
          if (operation.kind !== 'counter') return;
          const slot = prepared && counterSlot(compiled.shop, prepared, index, position);
          const packets = slot === undefined ? Number(operation.packets) : (scalars[slot] ?? 0);
          const bytes = slot === undefined ? Number(operation.bytes) : (scalars[slot + 1] ?? 0);
          readings.push({ ...place, index, packets, bytes });
        });
      });
    }
  }
  return readings;
}

export function readObjects(
  compiled: CompiledProgram,
  state: SimulationState,
): readonly ObjectReading[] {
  travelTo(compiled.versions, state.node);
  const { scalars } = compiled.versions.store;
  return compiled.objects.map(({ table, type, name, slot }) => ({
    table,
    type,
    name,
    values: [scalars[slot] ?? 0, scalars[slot + 1] ?? 0],
  }));
}

/** Sets that packets may change, without what expired or was collected. */
export function readSets(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
): readonly SetReading[] {
  travelTo(compiled.versions, state.node);
  const { store } = compiled.versions;
  const { sets } = store;
  return compiled.dynamicSets.map(({ table, set }, index) => ({
    table,
    set,
    elements: [...(sets[index]?.values() ?? [])].filter(
      (element) => !isGone(store, clock, element),
    ),
  }));
}
