/** What snat, dnat, masquerade, redirect and netmap ask of the NAT core; nft statements and xtables targets share it. */

import { type Address, addressesEqual } from '../../base/address.ts';
import { selectInterfaceAddress4 } from '../../host/local-addresses.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { selectSourceAddress6 } from '../../host/source-address6.ts';
import { bytesOfAddress, tupleAddress } from '../conntrack/tuple-address.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import { acceptVerdict, dropVerdict, type RuleVerdict } from '../rules/registers.ts';
import type { Run } from '../run.ts';
import { type Manipulation, type NatRange, rangeFlag } from './range.ts';
import { setupNat } from './setup.ts';

export function bindRange(
  run: Run,
  packet: LivePacket,
  range: NatRange,
  manipulation: Manipulation,
): RuleVerdict {
  return setupNat(run, packet, range, manipulation) ? acceptVerdict : dropVerdict;
}

const globalScope = 0;

/** nf_nat_masquerade_ipv4() and nf_nat_masquerade_ipv6() */
export function bindMasquerade(
  run: Run,
  packet: LivePacket,
  state: HookState,
  range: NatRange,
): RuleVerdict {
  const { connection } = packet;
  const { output } = state;
  if (connection === undefined || output === undefined) return acceptVerdict;
  const isIpv4 = ipFamily(packet) === 4;
  if (isIpv4 && connection.original.source === 0) return acceptVerdict;
  const destination = destinationAddress(packet);
  const address = isIpv4
    ? selectInterfaceAddress4(
        run.host,
        output.name,
        globalScope,
        packet.route?.gateway ?? destination,
      )
    : selectSourceAddress6(run.host, output.name, destination);
  if (address === undefined) return dropVerdict;
  connection.masqueradeDevice = output.index;
  return bindAddress(run, packet, range, address, 'source');
}

/** nf_nat_redirect(): to the first address of the input device, or to loopback for local packets. */
export function bindRedirect(
  run: Run,
  packet: LivePacket,
  state: HookState,
  range: NatRange,
): RuleVerdict {
  const family = ipFamily(packet) ?? 4;
  const address =
    state.hook === 'output' ? loopbackAddress(family) : deviceAddress(packet, state.input, family);
  if (address === undefined) return dropVerdict;
  return bindAddress(run, packet, range, address, 'destination');
}

function loopbackAddress(family: 4 | 6): Address {
  if (family === 4) return Uint8Array.of(127, 0, 0, 1);
  const address = new Uint8Array(16);
  address[15] = 1;
  return address;
}

/**
 * IPv4: the first primary address. IPv6 keeps the newest global one first; a destination of a smaller scope, as a group
 * mostly has, wants an address of the same (nf_nat_redirect_ipv6_usable()).
 */
function deviceAddress(
  packet: LivePacket,
  device: NetworkInterface | undefined,
  family: 4 | 6,
): Address | undefined {
  const own = (device?.addresses ?? []).filter((entry) => entry.family === family);
  if (family === 4) return own.find((entry) => !entry.flags.includes('secondary'))?.address;
  const asked = smallScope(destinationAddress(packet));
  const usable = own.filter(
    ({ address, flags }) =>
      (!flags.includes('tentative') || flags.includes('optimistic')) &&
      (asked === undefined || smallScope(address) === asked),
  );
  const widest = Math.min(...usable.map(({ scope }) => scope));
  return usable.find(({ scope }) => scope === widest)?.address;
}

/** The scopes that ipv6_addr_type() has a bit for; undefined: global, or of a group between them. */
function smallScope(address: Address): 'loopback' | 'link' | 'site' | undefined {
  const [first = 0, second = 0] = address;
  if (first === 0xff) return groupScopes[second & 0x0f];
  if (first === 0xfe && second >= 0x80) return second < 0xc0 ? 'link' : 'site';
  return addressesEqual(address, loopbackAddress(6)) ? 'loopback' : undefined;
}

const groupScopes: Readonly<Record<number, 'loopback' | 'link' | 'site'>> = {
  1: 'loopback',
  2: 'link',
  5: 'site',
};

function bindAddress(
  run: Run,
  packet: LivePacket,
  range: NatRange,
  address: Address,
  manipulation: Manipulation,
): RuleVerdict {
  const whole: NatRange = {
    ...range,
    flags: range.flags | rangeFlag.mapAddresses,
    addressMin: tupleAddress(address),
    addressMax: tupleAddress(address),
  };
  return bindRange(run, packet, whole, manipulation);
}

/** nft_nat_setup_netmap(): the network part of the range, the host part of the packet. */
export function netmapRange(
  packet: LivePacket,
  range: NatRange,
  manipulation: Manipulation,
): NatRange {
  const { addressMin, addressMax } = range;
  if (addressMin === undefined || addressMax === undefined) return range;
  const own = manipulation === 'source' ? sourceAddress(packet) : destinationAddress(packet);
  const last = bytesOfAddress(addressMax);
  const bytes = bytesOfAddress(addressMin).map((byte, index) => {
    const hostBits = byte ^ (last[index] ?? 0);
    return (byte & ~hostBits) | ((own[index] ?? 0) & hostBits);
  });
  const address = tupleAddress(bytes);
  return { ...range, addressMin: address, addressMax: address };
}
