/** reject: answers and drops (nft_reject_inet.c and its siblings). */

import type { RejectOperation } from '../../model/operations.ts';
import { ipFamily } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import { rejectWithIcmp, rejectWithReset } from '../stack/reject.ts';

/** NFT_REJECT_ICMPX_*: no-route, port-unreachable, host-unreachable, admin-prohibited. */
const icmpxCodes: readonly { readonly icmp: number; readonly icmp6: number }[] = [
  { icmp: 0, icmp6: 0 },
  { icmp: 3, icmp6: 4 },
  { icmp: 1, icmp6: 3 },
  { icmp: 13, icmp6: 1 },
];

export function prepareReject(operation: RejectOperation): Step {
  const { type, code } = operation;
  return ({ run, packet, state, registers }) => {
    const family = ipFamily(packet);
    if (type === 1) rejectWithReset(run, packet, state);
    else if (type === 0) rejectWithIcmp(run, packet, state, code);
    else {
      const codes = icmpxCodes[code];
      rejectWithIcmp(run, packet, state, (family === 6 ? codes?.icmp6 : codes?.icmp) ?? 0);
    }
    registers.verdict = dropVerdict;
  };
}
