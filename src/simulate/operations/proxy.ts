/** tproxy and synproxy (nft_tproxy.c, nft_synproxy.c). */

import type { SynproxyOperation, TproxyOperation } from '../../model/operations.ts';
import { protocol } from '../../packet/protocols.ts';
import { ipFamily } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { findsProxySocket, synproxy } from '../xt/proxy-targets.ts';
import { breakRule } from './store.ts';

/** The packet goes on as before; only its socket is another one. Without such a socket the rule does not match. */
export function prepareTproxy({ family }: TproxyOperation): Step {
  const wanted = family === 'ip' ? 4 : family === 'ip6' ? 6 : undefined;
  return (evaluation) => {
    const { packet, info } = evaluation;
    const proxied = info.protocol === protocol.tcp || info.protocol === protocol.udp;
    const whole = info.transport + 8 <= packet.length;
    const fits = wanted === undefined || wanted === ipFamily(packet);
    if (!proxied || !whole || !fits || !findsProxySocket(evaluation)) breakRule(evaluation);
  };
}

export function prepareSynproxy(_operation: SynproxyOperation): Step {
  return (evaluation) => {
    if (evaluation.info.protocol !== protocol.tcp) breakRule(evaluation);
    else synproxy(evaluation, false);
  };
}
