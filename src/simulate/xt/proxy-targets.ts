/** TPROXY and SYNPROXY (net/netfilter/xt_TPROXY.c, net/ipv4/netfilter/ipt_SYNPROXY.c) and what nft's statements share with them. */

import type { TproxyOptions } from '../../fields/iptables/targets/tproxy.ts';
import { byteAt } from '../../packet/bytes.ts';
import { tcpFlag } from '../../packet/protocols.ts';
import { setPacketMark } from '../operations/meta-set.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { acceptVerdict, dropVerdict, stolenVerdict } from '../rules/registers.ts';
import { chooseYes } from '../run.ts';
import { answerWithCookie } from '../stack/syn-cookie.ts';
import { flowText } from './undetermined.ts';

/** Is there a transparent socket for the packet? Which sockets the host has is no fact, so it is a choice. */
export function findsProxySocket(evaluation: Evaluation): boolean {
  return chooseYes(evaluation.run, evaluation.packet.subject, {
    reason: 'unknown-socket',
    key: `transparent socket for ${flowText(evaluation)}`,
  });
}

export function tproxyTarget({ mark }: TproxyOptions): Step {
  return (evaluation) => {
    const { packet, info, registers } = evaluation;
    registers.verdict = dropVerdict;
    if (info.transport + 8 > packet.length || !findsProxySocket(evaluation)) return;
    setPacketMark(evaluation, ((packet.mark & ~mark.mask) ^ mark.value) >>> 0);
    registers.verdict = acceptVerdict;
  };
}

/**
 * The SYN is answered in place of the server; whether an ACK brings the cookie back is a choice; the rest goes on.
 * The target takes a SYN or ACK that has no other of these flags, the statement the first of them that is set.
 */
export function synproxy(evaluation: Evaluation, exact: boolean): void {
  const { run, packet, info, registers } = evaluation;
  const at = info.transport;
  if (info.fragmentOffset !== 0 || at + 20 > packet.length) {
    registers.verdict = dropVerdict;
    return;
  }
  const { syn, ack, fin, rst } = tcpFlag;
  const flags = byteAt(packet.bytes, at + 13) & (syn | ack | fin | rst);
  if (exact ? flags === syn : (flags & syn) !== 0) {
    answerWithCookie(run, packet, at);
    registers.verdict = stolenVerdict;
  } else if (exact ? flags === ack : (flags & ack) !== 0) {
    const key = `SYN cookie of ${flowText(evaluation)}`;
    const valid = chooseYes(run, packet.subject, { reason: 'unmodelled', key });
    registers.verdict = valid ? stolenVerdict : dropVerdict;
  }
}
