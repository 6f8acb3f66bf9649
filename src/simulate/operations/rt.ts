/** rt: facts about the packet's route (nft_rt.c). */

import type { RtOperation } from '../../model/operations.ts';
import { destinationAddress, ipFamily } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
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
