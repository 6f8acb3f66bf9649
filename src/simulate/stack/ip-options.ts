/** IPv4 options that the host acts on: __ip_options_compile(), ip_forward_options(), ip_options_fragment(), net/ipv4/ip_options.c. */

import { addressType } from '../../host/address-type.ts';
import { selectInterfaceAddress4 } from '../../host/local-addresses.ts';
import { scopeNumbers } from '../../host/network-interface.ts';
import { routeOutput } from '../../host/route-output.ts';
import { byteAt, concatBytes, read32, write32 } from '../../packet/bytes.ts';
import { fillIpv4Checksum } from '../../packet/checksum.ts';
import { destinationAddress, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { Run } from '../run.ts';

/** What was found in a received packet (struct ip_options); places count from the network header, 0: none. */
export interface IpOptions {
  recordRoute: number;
  recordsAddress: boolean;
  timestamp: number;
  stampsAddress: boolean;
  stampsTime: boolean;
  sourceRoute: number;
  label: number;
  /** The bytes were changed, the checksum was not yet. */
  changed: boolean;
}

const kinds = { end: 0, noop: 1, recordRoute: 7, timestamp: 68, label: 134 } as const;
const sourceRoutes: readonly number[] = [131, 137];
const routerAlert = 148;

function noOptions(): IpOptions {
  return {
    recordRoute: 0,
    recordsAddress: false,
    timestamp: 0,
    stampsAddress: false,
    stampsTime: false,
    sourceRoute: 0,
    label: 0,
    changed: false,
  };
}

const lengthOf = (bytes: Uint8Array): number => (byteAt(bytes, 0) & 15) * 4;

/** `broken` with the place of the fault, counted from the network header. */
export type OptionsVerdict =
  | 'fine'
  | 'refused'
  | { readonly kind: 'broken'; readonly pointer: number };

/** Where a broken option is broken, counted from its own start; undefined: nowhere. */
type Fault = number | undefined;

/** ip_rcv_options(): addresses and times are noted in passing; broken options get an ICMP error, source routes are refused. */
export function readOptions(run: Run, packet: LivePacket): OptionsVerdict {
  const { bytes } = packet;
  const end = lengthOf(bytes);
  packet.options = undefined;
  if (end <= 20) return 'fine';
  const found = noOptions();
  packet.options = found;
  for (let at = 20; at < end; ) {
    const kind = byteAt(bytes, at);
    if (kind === kinds.end) {
      found.changed ||= bytes.subarray(at, end).some((byte) => byte !== 0);
      bytes.fill(0, at, end);
      break;
    }
    if (kind === kinds.noop) {
      at++;
      continue;
    }
    const length = at + 1 < end ? byteAt(bytes, at + 1) : 0;
    const fault = length < 2 || at + length > end ? 0 : noteOption(run, packet, found, at);
    if (fault !== undefined) return { kind: 'broken', pointer: at + fault };
    at += length;
  }
  return found.sourceRoute === 0 ? 'fine' : 'refused';
}

function noteOption(run: Run, packet: LivePacket, found: IpOptions, at: number): Fault {
  const { bytes } = packet;
  const kind = byteAt(bytes, at);
  const length = byteAt(bytes, at + 1);
  if (kind === kinds.recordRoute) return noteRecord(run, packet, found, at);
  if (kind === kinds.timestamp) return noteTimestamp(run, packet, found, at);
  if (sourceRoutes.includes(kind)) {
    if (length < 3) return 1;
    if (byteAt(bytes, at + 2) < 4) return 2;
    if (found.sourceRoute !== 0) return 0;
    found.sourceRoute = at;
  } else if (kind === kinds.label) {
    const fault = found.label === 0 ? labelFault(bytes, at, length) : 0;
    found.label = at;
    return fault;
  } else if (kind === routerAlert && length < 4) return 1;
  return undefined;
}

function noteRecord(run: Run, packet: LivePacket, found: IpOptions, at: number): Fault {
  const { bytes } = packet;
  const length = byteAt(bytes, at + 1);
  const pointer = byteAt(bytes, at + 2);
  if (found.recordRoute !== 0) return 0;
  if (length < 3) return 1;
  if (pointer < 4) return 2;
  if (pointer <= length) {
    if (pointer + 3 > length) return 2;
    bytes.set(ownAddress(run, packet), at + pointer - 1);
    bytes[at + 2] = pointer + 4;
    found.recordsAddress = true;
    found.changed = true;
  }
  found.recordRoute = at;
  return undefined;
}

const stamps = { timeOnly: 0, withAddress: 1, asked: 3 } as const;

function noteTimestamp(run: Run, packet: LivePacket, found: IpOptions, at: number): Fault {
  const { bytes } = packet;
  const length = byteAt(bytes, at + 1);
  const pointer = byteAt(bytes, at + 2);
  const flags = byteAt(bytes, at + 3);
  if (found.timestamp !== 0) return 0;
  if (length < 4) return 1;
  if (pointer < 5) return 2;
  if (pointer <= length) {
    if (!stamp(run, packet, found, at)) return 2;
  } else if ((flags & 15) !== stamps.asked) {
    if (flags >> 4 === 15) return 3;
    bytes[at + 3] = flags + 0x10;
    found.changed = true;
  }
  found.timestamp = at;
  return undefined;
}

/** False: there is no room for it. */
function stamp(run: Run, packet: LivePacket, found: IpOptions, at: number): boolean {
  const { bytes } = packet;
  const length = byteAt(bytes, at + 1);
  const pointer = byteAt(bytes, at + 2);
  const place = at + pointer - 1;
  const mode = byteAt(bytes, at + 3) & 15;
  const room = mode === stamps.withAddress || mode === stamps.asked ? 7 : 3;
  if (pointer + room > length) return false;
  if (!isStamp(mode)) return true;
  if (mode === stamps.timeOnly) write32(bytes, place, timeOfDay(run));
  else {
    if (mode === stamps.withAddress) {
      bytes.set(ownAddress(run, packet), place);
      found.stampsAddress = true;
    } else if (addressType(run.host, bytes.slice(place, place + 4)) === 'unicast') return true;
    write32(bytes, place + 4, timeOfDay(run));
  }
  bytes[at + 2] = pointer + room + 1;
  found.stampsTime = true;
  found.changed = true;
  return true;
}

const isStamp = (mode: number): boolean =>
  mode === stamps.timeOnly || mode === stamps.withAddress || mode === stamps.asked;

/** inet_current_timestamp(): milliseconds since midnight UTC. */
const timeOfDay = (run: Run): number => Math.floor(run.clock) % 86_400_000;

/** cipso_v4_validate() of a kernel without NetLabel. */
function labelFault(bytes: Uint8Array, at: number, length: number): Fault {
  if (length < 8) return 1;
  if (read32(bytes, at + 2) === 0) return 2;
  for (let tag = 6; tag < length; ) {
    const size = byteAt(bytes, at + tag + 1);
    if (size === 0 || size > length - tag) return tag + 1;
    tag += size;
  }
  return undefined;
}

/** fib_compute_spec_dst(): the address that was asked, or the one that the host would answer from. */
function ownAddress(run: Run, packet: LivePacket): Uint8Array {
  if (packet.route?.action === 'local') return destinationAddress(packet);
  const found = routeOutput(run.host, { destination: sourceAddress(packet) });
  const source = found.kind === 'found' ? found.choices[0].source : undefined;
  if (source !== undefined) return source;
  const device = packet.input?.name ?? '';
  return selectInterfaceAddress4(run.host, device, scopeNumbers.global) ?? new Uint8Array(4);
}

/** ip_forward_options(): the address of the device that it leaves by. */
export function forwardOptions(run: Run, packet: LivePacket): void {
  const { bytes, options, route } = packet;
  if (options === undefined) return;
  if (options.recordsAddress && route?.device !== undefined) {
    const found = routeOutput(run.host, {
      destination: destinationAddress(packet),
      outputInterface: route.device.name,
      mark: packet.mark,
    });
    const source = found.kind === 'found' ? found.choices[0].source : undefined;
    const at = options.recordRoute;
    if (source !== undefined) bytes.set(source, at + byteAt(bytes, at + 2) - 5);
    options.changed = true;
  }
  if (options.changed) fillIpv4Checksum(bytes, 0, lengthOf(bytes));
  options.changed = false;
}

/** ip_options_fragment(): later pieces have no more than the options that are to be copied. */
export function blankUncopied(header: Uint8Array): Uint8Array {
  const blank = Uint8Array.from(header);
  for (let at = 20; at < blank.length; ) {
    const kind = byteAt(blank, at);
    if (kind === kinds.end) break;
    if (kind === kinds.noop) {
      at++;
      continue;
    }
    const length = byteAt(blank, at + 1);
    if (length < 2 || at + length > blank.length) break;
    if ((kind & 0x80) === 0) blank.fill(kinds.noop, at, at + length);
    at += length;
  }
  return blank;
}

/** __ip_options_echo() and ip_options_build(): the options of an answer from `source`; undefined: there is no answer. */
export function echoedOptions(
  run: Run,
  { bytes, options }: LivePacket,
  source: Uint8Array,
): Uint8Array | undefined {
  if (options === undefined) return new Uint8Array(0);
  const optionAt = (at: number) => bytes.slice(at, at + byteAt(bytes, at + 1));
  const parts: Uint8Array[] = [];
  if (options.recordRoute !== 0) {
    const part = optionAt(options.recordRoute);
    const pointer = byteAt(part, 2);
    if (options.recordsAddress && pointer <= part.length) {
      if (pointer + 3 > part.length) return undefined;
      part.set(source, pointer - 1);
      part[2] = pointer + 4;
    }
    parts.push(part);
  }
  if (options.timestamp !== 0) {
    const part = optionAt(options.timestamp);
    if (!stampAnswer(run, part, options, source)) return undefined;
    parts.push(part);
  }
  if (options.label !== 0) parts.push(optionAt(options.label));
  return concatBytes(...parts);
}

function stampAnswer(run: Run, part: Uint8Array, options: IpOptions, source: Uint8Array): boolean {
  let pointer = byteAt(part, 2);
  if (pointer > part.length) return true;
  if (options.stampsAddress) {
    if (pointer + 3 > part.length) return false;
    part.set(source, pointer - 1);
    pointer += 4;
  }
  if (options.stampsTime) {
    if (pointer + 3 > part.length) return false;
    if ((byteAt(part, 3) & 15) !== stamps.asked) {
      write32(part, pointer - 1, timeOfDay(run));
      pointer += 4;
    } else if (
      pointer + 7 <= part.length &&
      addressType(run.host, part.slice(pointer - 1, pointer + 3)) !== 'unicast'
    ) {
      write32(part, pointer + 3, timeOfDay(run));
      pointer += 8;
    }
  }
  part[2] = pointer;
  return true;
}
