/** rt: facts about the packet's route (nft_rt.c). */

import type { RtOperation } from '../../model/operations.ts';
import { destinationAddress, ipFamily, type LivePacket } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { Run } from '../run.ts';
import { pathMtu, smallestHeaders } from '../stack/path-mtu.ts';
import { breakRule, store8, storeBytes, storeHost16, storeHost32 } from './store.ts';

export function prepareRt(operation: RtOperation): Step {
  const to = registerOffset(operation.destination);
  const { key } = operation;
  return (evaluation) => {
    const { run, packet } = evaluation;
    const { route } = packet;
    if (route === undefined) {
      breakRule(evaluation);
      return;
    }
    const wantsFamily = key === 'nexthop4' ? 4 : key === 'nexthop6' ? 6 : undefined;
    if (wantsFamily !== undefined && wantsFamily !== ipFamily(packet)) breakRule(evaluation);
    else if (wantsFamily !== undefined)
      storeBytes(evaluation, to, route.gateway ?? destinationAddress(packet));
    else if (key === 'tcpmss') storeHost16(evaluation, to, segmentSize(run, packet));
    else if (key === 'classid') storeHost32(evaluation, to, 0);
    else store8(evaluation, to, 0);
  };
}

/** TCP_MSS_DEFAULT */
const defaultSegment = 536;

function segmentSize(run: Run, packet: LivePacket): number {
  const headers = smallestHeaders(packet);
  const mtu = pathMtu(run, packet) ?? 0;
  return mtu <= headers || mtu > 0xffff ? defaultSegment : mtu - headers;
}
