/** NAT targets: DNAT, SNAT, MASQUERADE, REDIRECT, NETMAP. */

import type {
  MasqueradeOptions,
  RedirectOptions,
} from '../../fields/iptables/targets/masquerade.ts';
import type { DnatOptions, PortNumbers, SnatOptions } from '../../fields/iptables/targets/nat.ts';
import type { NetmapOptions } from '../../fields/iptables/targets/netmap.ts';
import { tupleAddress } from '../conntrack/tuple-address.ts';
import { bindMasquerade, bindRange, bindRedirect, netmapRange } from '../nat/bind.ts';
import { manipulationOf } from '../nat/hook.ts';
import { type NatRange, rangeFlag } from '../nat/range.ts';
import type { Step } from '../rules/evaluation.ts';

interface Randomness {
  readonly random: boolean;
  readonly randomFully: boolean;
  readonly persistent?: boolean;
}

function rangeOf(ports: PortNumbers | undefined, options: Randomness): NatRange {
  const flags =
    (options.random ? rangeFlag.random : 0) |
    (options.randomFully ? rangeFlag.fullyRandom : 0) |
    (options.persistent === true ? rangeFlag.persistent : 0);
  if (ports === undefined) return { flags };
  const { from, to, base } = ports;
  return {
    flags:
      flags | rangeFlag.protocolSpecified | (base === undefined ? 0 : rangeFlag.protocolOffset),
    partMin: from,
    partMax: to,
    ...(base === undefined ? {} : { partBase: base }),
  };
}

export function addressTarget(options: DnatOptions | SnatOptions): Step {
  const { addresses, ports } = options;
  const manipulation = options.kind === 'SNAT' ? 'source' : 'destination';
  const plain = rangeOf(ports, options);
  const range: NatRange =
    addresses === undefined
      ? plain
      : {
          ...plain,
          flags: plain.flags | rangeFlag.mapAddresses,
          addressMin: tupleAddress(addresses.from),
          addressMax: tupleAddress(addresses.to),
        };
  return ({ run, packet, registers }) => {
    registers.verdict = bindRange(run, packet, range, manipulation);
  };
}

export function masqueradeTarget(options: MasqueradeOptions): Step {
  const range = rangeOf(options.ports, options);
  return ({ run, packet, state, registers }) => {
    registers.verdict = bindMasquerade(run, packet, state, range);
  };
}

export function redirectTarget(options: RedirectOptions): Step {
  const range = rangeOf(options.ports, options);
  return ({ run, packet, state, registers }) => {
    registers.verdict = bindRedirect(run, packet, state, range);
  };
}

export function netmapTarget({ address, mask }: NetmapOptions): Step {
  const range: NatRange = {
    flags: rangeFlag.mapAddresses,
    addressMin: tupleAddress(address.map((byte, index) => byte & (mask[index] ?? 0))),
    addressMax: tupleAddress(address.map((byte, index) => byte | (~(mask[index] ?? 0) & 255))),
  };
  return ({ run, packet, state, registers }) => {
    const manipulation = manipulationOf(state.hook);
    registers.verdict = bindRange(
      run,
      packet,
      netmapRange(packet, range, manipulation),
      manipulation,
    );
  };
}
