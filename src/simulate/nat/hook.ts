/** The NAT core hooks: nf_nat_inet_fn() with the wrappers of nf_nat_proto.c. */

import { destroyConnection } from '../conntrack/table.ts';
import type { LivePacket } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import type { PreparedChain } from '../rules/prepared-chain.ts';
import { acceptVerdict, dropVerdict, type RuleVerdict } from '../rules/registers.ts';
import { runBaseChain } from '../rules/run-chain.ts';
import type { Run } from '../run.ts';
import { icmpOffset, translateIcmpError } from './icmp-error.ts';
import { manipulatePacket } from './manipulate.ts';
import type { Manipulation } from './range.ts';
import { bindNull, isInitialised } from './setup.ts';

/** HOOK2MANIP */
export function manipulationOf(hook: HookState['hook']): Manipulation {
  return hook === 'postrouting' || hook === 'input' ? 'source' : 'destination';
}

/** Runs the NAT chains if the connection is not bound yet, and translates the packet. */
export function runNat(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chains: readonly PreparedChain[],
): RuleVerdict {
  const { connection, connectionInfo: info } = packet;
  if (connection === undefined || info === undefined)
    return packet.template === undefined ? acceptVerdict : consultAll(run, packet, state, chains);
  const manipulation = manipulationOf(state.hook);
  const related = info === 'related' || info === 'related-reply';
  if (related) {
    const offset = icmpOffset(packet);
    if (offset !== undefined)
      return translateIcmpError(run, packet, offset, manipulation) ? acceptVerdict : dropVerdict;
  }
  if ((related || info === 'new') && !isInitialised(connection, manipulation)) {
    const verdict = consult(run, packet, state, chains, manipulation);
    if (verdict !== undefined) return verdict;
  } else if (hasDeviceChanged(packet, state)) {
    destroyConnection(run, connection);
    return dropVerdict;
  }
  return manipulatePacket(run, packet, manipulation) ? acceptVerdict : dropVerdict;
}

/** A template is new and confirmed: the chains are asked, and nothing can be bound. */
function consultAll(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chains: readonly PreparedChain[],
): RuleVerdict {
  for (const chain of chains) {
    const verdict = runBaseChain(run, packet, state, chain);
    if (verdict.kind !== 'accept') return verdict;
  }
  return acceptVerdict;
}

/** The first chain that binds wins; undefined: go on and translate. */
function consult(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chains: readonly PreparedChain[],
  manipulation: Manipulation,
): RuleVerdict | undefined {
  for (const chain of chains) {
    const verdict = runBaseChain(run, packet, state, chain);
    if (verdict.kind !== 'accept') return verdict;
    if (packet.connection !== undefined && isInitialised(packet.connection, manipulation))
      return undefined;
  }
  return bindNull(run, packet, manipulation) ? undefined : dropVerdict;
}

/** nf_nat_oif_changed(): a masqueraded connection whose packets now leave by another device. */
function hasDeviceChanged(packet: LivePacket, state: HookState): boolean {
  const { connection, connectionInfo } = packet;
  const device = connection?.masqueradeDevice;
  return (
    device !== undefined &&
    state.hook === 'postrouting' &&
    connectionInfo !== undefined &&
    !connectionInfo.endsWith('reply') &&
    state.output !== undefined &&
    state.output.index !== device
  );
}
