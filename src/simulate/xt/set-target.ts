/** SET: adds packets to ipsets, takes them out, or reads what an element holds (set_target_v3(), net/netfilter/xt_set.c). */

import type { SetReference } from '../../fields/iptables/set-reference.ts';
import type { SetTargetOptions } from '../../fields/iptables/targets/set.ts';
import { setPacketMark } from '../operations/meta-set.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { record } from '../run.ts';
import { ipSetPacket } from './host.ts';
import type { IpSetQuery } from './ipset-places.ts';
import { addToIpSet, type IpSetChange, removeFromIpSet, testChangedIpSet } from './ipset-state.ts';

export function setTarget(options: SetTargetOptions): Step {
  const { add, remove, map, exist, timeoutSeconds } = options;
  return (evaluation) => {
    const { run, packet } = evaluation;
    const counting = { length: packet.length, update: true };
    const asked = { packet: ipSetPacket(evaluation), counting, updateMembers: true };
    const query = ({ directions }: SetReference) => ({ ...asked, directions });
    if (add !== undefined) {
      note(evaluation, add, addToIpSet(run, add.set, query(add), { exist, timeoutSeconds }));
    }
    if (remove !== undefined) {
      note(evaluation, remove, removeFromIpSet(run, remove.set, query(remove)));
    }
    if (map !== undefined) readElement(evaluation, options, map, query(map));
  };
}

/** What could not be followed is said: later matches on the set answer as before. */
function note({ run, packet }: Evaluation, { set }: SetReference, change: IpSetChange): void {
  if (change === 'unknown')
    record(run, { kind: 'unmodelled', subject: packet.subject, what: `ipset ${set}` });
}

function readElement(
  evaluation: Evaluation,
  options: SetTargetOptions,
  map: SetReference,
  query: IpSetQuery,
): void {
  const { run, packet } = evaluation;
  const test = testChangedIpSet(run, map.set, query);
  note(evaluation, map, test === undefined ? 'unknown' : 'refused');
  if (test?.kind !== 'match') return;
  const { skbMark, skbPriority, skbQueue } = test.element;
  const { mark, mask } = skbMark ?? { mark: 0, mask: 0xffffffff };
  if (options.mapMark) setPacketMark(evaluation, ((packet.mark & ~mask) ^ mark) >>> 0);
  const { major, minor } = skbPriority ?? { major: 0, minor: 0 };
  if (options.mapPriority) packet.priority = ((major << 16) | minor) >>> 0;
  if (options.mapQueue) packet.queue = skbQueue ?? 0;
}
