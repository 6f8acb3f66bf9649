/** A host with two interfaces for tests of the simulator, and packets for it. */

import { expect } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { loadIptablesSave } from '../../../src/formats/iptables-save/load.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { buildHost } from '../../../src/host/build-host.ts';
import type { HostFacts } from '../../../src/host/host.ts';
import { lowerIptables } from '../../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../../src/lower/lower.ts';
import type { Loader, Program } from '../../../src/model/program.ts';
import { buildFrame, buildPacket, type PacketDescription } from '../../../src/packet/build.ts';
import type { CompileOptions, PacketInput } from '../../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../../src/simulate/compile.ts';

export const clock = 1_700_000_000_000;

const interfaces = `2: eth0: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 203.0.113.2/24 scope global eth0
    inet6 2001:db8::2/64 scope global
3: eth1: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global eth1
    inet6 fd00::1/64 scope global
`;

const macs: Readonly<Record<string, number>> = { eth0: 0, eth1: 1 };

export function addressOf(text: string): Uint8Array {
  return parseAddress(text) ?? new Uint8Array(4);
}

export function programOfNft(text: string): Program {
  const loaded = loadNft(text);
  const lowered = lower(loaded.value);
  expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
  return lowered.value;
}

export function programOfSave(
  text: string,
  loader: Exclude<Loader, 'nft'> = 'iptables-nft',
  family: 'ip' | 'ip6' = 'ip',
): Program {
  const loaded = loadIptablesSave({ name: 'save', text }, { family });
  const lowered = lowerIptables(loaded.value, { loader });
  expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
  return lowered.value;
}

export function compileOnRouter(
  program: Program,
  facts: HostFacts = {},
  options: Omit<CompileOptions, 'host'> = {},
): CompiledProgram {
  const own = { interfaces: parseInterfaces({ name: 'addr', text: interfaces }).value };
  return compileProgram(program, { host: buildHost({ ...own, ...facts }).value, ...options });
}

/** A TCP packet from port 4000 to port 80, unless `rest` says otherwise. */
export function packetBetween(
  from: string,
  to: string,
  rest: Partial<PacketDescription> = {},
): Uint8Array {
  const ends = { source: addressOf(from), destination: addressOf(to) };
  return buildPacket({ ...ends, protocol: 6, sourcePort: 4000, destinationPort: 80, ...rest });
}

export function arriving(device: string, packet: Uint8Array): PacketInput {
  const number = macs[device] ?? 0;
  const link = {
    destination: Uint8Array.of(2, 0, 0, 0, number, 1),
    source: Uint8Array.of(2, 0, 0, 0, number, 2),
  };
  return { kind: 'received', device, frame: buildFrame(packet, link) };
}
