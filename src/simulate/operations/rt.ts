/** rt, socket and other lookups beside the packet (nft_rt.c, nft_socket.c). */

import type { RtOperation, SocketOperation } from '../../model/operations.ts';
import { destinationAddress, ipFamily } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { chooseYes } from '../run.ts';
import { breakRule, store8, storeBytes, storeHost32, storeNetwork16 } from './store.ts';

export function prepareRt(operation: RtOperation): Step {
  const to = registerOffset(operation.destination);
  const { key } = operation;
  return (evaluation) => {
    const { packet } = evaluation;
    const { route } = packet;
    if (route === undefined) {
      breakRule(evaluation);
      return;
    }
    const wantsFamily = key === 'nexthop4' ? 4 : key === 'nexthop6' ? 6 : undefined;
    if (wantsFamily !== undefined && wantsFamily !== ipFamily(packet)) breakRule(evaluation);
    else if (wantsFamily !== undefined)
      storeBytes(evaluation, to, route.gateway ?? destinationAddress(packet));
    else if (key === 'tcpmss') {
      const headers = ipFamily(packet) === 6 ? 60 : 40;
      storeNetwork16(evaluation, to, Math.max(0, route.mtu - headers));
    } else if (key === 'classid') storeHost32(evaluation, to, 0);
    else store8(evaluation, to, 0);
  };
}

/** Which sockets listen here is no fact of the host: a choice. */
export function prepareSocket(operation: SocketOperation): Step {
  const to = registerOffset(operation.destination);
  return (evaluation) => {
    const { run, packet } = evaluation;
    const exists = chooseYes(run, packet.subject, {
      reason: 'unknown-socket',
      key: `socket ${operation.key}`,
    });
    if (!exists || (operation.key !== 'transparent' && operation.key !== 'wildcard'))
      breakRule(evaluation);
    else store8(evaluation, to, 1);
  };
}
