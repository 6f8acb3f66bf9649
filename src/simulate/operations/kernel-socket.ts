/** Packets of sockets that are the kernel's own: ICMP errors (icmp_push_reply(), icmpv6_push_pending_frames()); a reset by `reject` has no socket. */

import { protocol } from '../../packet/protocols.ts';
import type { Evaluation } from '../rules/evaluation.ts';

/** Such a socket has no owner, and is in the root cgroup. */
export function isOfKernelSocket({ packet, state, info }: Evaluation): boolean {
  if (packet.sender !== undefined || !packet.isLocal) return false;
  if (state.hook !== 'output' && state.hook !== 'postrouting') return false;
  const { cause } = packet.journey;
  if (cause !== 'reject' && cause !== 'icmp-error') return false;
  return info.protocol === protocol.icmp || info.protocol === protocol.icmpv6;
}
