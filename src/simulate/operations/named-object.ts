/** Named objects that are no operation: ct helper, ct timeout, ct expectation; the rest has no effect on the packet's way. */

import type { ProgramObject } from '../../model/program.ts';
import { protocol } from '../../packet/protocols.ts';
import { connectionStatus, isReply, tupleOf } from '../conntrack/connection.ts';
import { addExpectation } from '../conntrack/expect.ts';
import { tcpTimeouts } from '../conntrack/tcp-state.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import type { Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import { breakRule } from './store.ts';

const protocols: ReadonlyMap<string, number> = new Map([
  ['tcp', protocol.tcp],
  ['udp', protocol.udp],
]);

export function objectStep({ type, attributes = {} }: ProgramObject): Step {
  const number = protocols.get(String(attributes.protocol)) ?? Number(attributes.protocol);
  if (type === 'ct-helper')
    return helperStep(String(attributes.helper), number, attributes.l3proto);
  if (type === 'ct-expectation')
    return expectationStep(number, Number(attributes.dport), {
      timeout: Number(attributes.timeout),
      size: Number(attributes.size),
    });
  return type === 'ct-timeout' ? timeoutStep(number, attributes) : () => {};
}

/** What nft sends for the states that a policy does not name: tcp_dflt_timeout, udp_dflt_timeout. */
const defaultPolicies: ReadonlyMap<number, Readonly<Record<string, number>>> = new Map([
  [protocol.udp, { unreplied: 30, replied: 120 }],
  [
    protocol.tcp,
    Object.fromEntries(
      Object.entries(tcpTimeouts).map(([state, seconds]) => [state.toLowerCase(), seconds]),
    ),
  ],
]);

/** nft_ct_timeout_obj_eval(): the policy holds from now on, and the entry lives as if it had just begun. */
function timeoutStep(number: number, attributes: NonNullable<ProgramObject['attributes']>): Step {
  const asked = Object.entries(attributes).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const timeouts = { ...defaultPolicies.get(number), ...Object.fromEntries(asked) };
  const first = number === protocol.tcp ? timeouts.syn_sent : timeouts.unreplied;
  return ({ run, packet: { connection }, info }) => {
    if (info.protocol !== number || connection === undefined) return;
    if ((connection.status & connectionStatus.confirmed) !== 0) return;
    connection.timeouts = timeouts;
    if (first !== undefined) connection.expires = run.clock + first * 1000;
  };
}

/** nft_ct_helper_obj_eval(): only new connections of the helper's protocols, and only one helper. */
function helperStep(helper: string, number: number, family: string | number | undefined): Step {
  return ({ packet: { connection } }) => {
    if (connection === undefined || connection.helper !== undefined) return;
    if ((connection.status & connectionStatus.confirmed) !== 0) return;
    if (connection.original.protocol !== number) return;
    if (family === 'ip' && connection.family !== 4) return;
    if (family === 'ip6' && connection.family !== 6) return;
    connection.helper = helper;
  };
}

/** nft_ct_expect_obj_eval() */
function expectationStep(
  number: number,
  port: number,
  { timeout, size }: { readonly timeout: number; readonly size: number },
): Step {
  return (evaluation) => {
    const { run, packet, registers } = evaluation;
    const { connection, connectionInfo: info } = packet;
    const unusable =
      connection === undefined ||
      info === undefined ||
      (connection.status & connectionStatus.confirmed) !== 0 ||
      (connection.helperState?.expectations.length ?? 0) >= size;
    if (unusable) {
      breakRule(evaluation);
      return;
    }
    const back = tupleOf(connection, !isReply(info));
    const expectation = {
      protocol: number,
      source: bytesOfAddress(back.source),
      destination: bytesOfAddress(back.destination),
      destinationPort: port,
      expires: run.clock + timeout,
    };
    if (!addExpectation(run, connection, expectation, size)) registers.verdict = dropVerdict;
  };
}
