/** What each xtables target does, by the kind of its options; undefined for those that are not modelled. */

import type { ConnmarkTargetOptions } from '../../fields/iptables/targets/connmark.ts';
import type { CtOptions } from '../../fields/iptables/targets/ct.ts';
import { answers4, answers6, type RejectOptions } from '../../fields/iptables/targets/reject.ts';
import type { Operation } from '../../model/operations.ts';
import type { XtOptions } from '../../model/xt.ts';
import { anyConnection, newTemplate } from '../conntrack/template.ts';
import { zoneNumber } from '../conntrack/zone.ts';
import { setConnectionMark } from '../operations/ct-set.ts';
import { prepareLog, prepareQueue } from '../operations/log.ts';
import { setPacketMark } from '../operations/meta-set.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { record } from '../run.ts';
import { duplicatePacket } from '../stack/duplicate.ts';
import { rejectWithIcmp, rejectWithReset } from '../stack/reject.ts';
import { setEntry } from '../state/store.ts';
import { dscpTarget, hopTarget, tcpmssTarget, tosTarget } from './header-targets.ts';
import { hmarkTarget } from './hmark.ts';
import { addressTarget, masqueradeTarget, netmapTarget, redirectTarget } from './nat-targets.ts';
import { prefixTarget } from './prefix-targets.ts';
import { synproxy, tproxyTarget } from './proxy-targets.ts';
import { setTarget } from './set-target.ts';
import { ecnTarget, tcpoptstripTarget } from './tcp-targets.ts';

export function targetOf(
  options: XtOptions,
  span: Operation['span'],
  compiler: StepCompiler,
): Step | undefined {
  const origin = span === undefined ? {} : { span };
  switch (options.kind) {
    case 'MARK': {
      const { value, mask } = options;
      return (evaluation) =>
        setPacketMark(evaluation, ((evaluation.packet.mark & ~mask) ^ value) >>> 0);
    }
    case 'CONNMARK':
      return connmarkTarget(options);
    case 'CT':
      return ctTarget(options, compiler);
    case 'CLASSIFY':
      return ({ packet }) => {
        packet.priority = ((options.major << 16) | options.minor) >>> 0;
      };
    case 'TTL':
    case 'HL':
      return hopTarget(options);
    case 'TOS':
      return tosTarget(options);
    case 'DSCP':
      return dscpTarget(options);
    case 'TCPMSS':
      return tcpmssTarget(options);
    case 'DNAT':
    case 'SNAT':
      return addressTarget(options);
    case 'MASQUERADE':
      return masqueradeTarget(options);
    case 'REDIRECT':
      return redirectTarget(options);
    case 'NETMAP':
      return netmapTarget(options);
    case 'REJECT':
      return rejectTarget(options);
    case 'LOG':
      return prepareLog({ kind: 'log', prefix: options.prefix, level: options.level, ...origin });
    case 'NFLOG':
      return prepareLog({ kind: 'log', prefix: options.prefix, group: options.group, ...origin });
    case 'NFQUEUE':
      return prepareQueue({
        kind: 'queue',
        number: options.from,
        bypass: options.bypass,
        fanout: options.cpuFanout,
      });
    case 'TCPOPTSTRIP':
      return tcpoptstripTarget(options);
    case 'ECN':
      return ecnTarget(options);
    case 'HMARK':
      return hmarkTarget(options);
    case 'TEE': {
      const { gateway, interface: device } = options;
      return ({ run, packet, state }) => duplicatePacket(run, packet, state, gateway, device);
    }
    case 'TPROXY':
      return tproxyTarget(options);
    case 'SYNPROXY':
      return (evaluation) => synproxy(evaluation, true);
    case 'SET':
      return setTarget(options);
    case 'SNPT':
    case 'DNPT':
      return prefixTarget(options);
    case 'TRACE':
    case 'AUDIT':
    case 'CHECKSUM':
    case 'IDLETIMER':
    case 'LED':
    case 'RATEEST':
      return () => {};
    default:
      return undefined;
  }
}

/** connmark_tg() */
function connmarkTarget(options: ConnmarkTargetOptions): Step {
  return (evaluation) => {
    const { packet } = evaluation;
    const connection = anyConnection(packet);
    if (connection === undefined) return;
    if (options.action === 'set') {
      setAnyMark(evaluation, ((connection.mark & ~options.mask) ^ options.value) >>> 0);
      return;
    }
    const { packetMask, connectionMask } = options;
    if (options.action === 'save') {
      const mark = (connection.mark & ~connectionMask) ^ (packet.mark & packetMask);
      setAnyMark(evaluation, mark >>> 0);
    } else {
      const mark = (packet.mark & ~packetMask) ^ (connection.mark & connectionMask);
      setPacketMark(evaluation, mark >>> 0);
    }
  };
}

/** xtables do not tell a template from a connection. The template of a CT rule is one for all its packets, and keeps what was written. */
function setAnyMark(evaluation: Evaluation, mark: number): void {
  const { run, packet } = evaluation;
  const { connection, template } = packet;
  if (connection !== undefined || template === undefined) {
    setConnectionMark(evaluation, mark);
    return;
  }
  template.connection.mark = mark;
  if (template.owner !== undefined) setEntry(run.journal, run.store.memory, template.owner, [mark]);
}

/** xt_ct_target(): too late once conntrack has looked. */
function ctTarget({ noTrack, zone, helper }: CtOptions, compiler: StepCompiler): Step {
  const state = compiler.allocate([]);
  return (evaluation) => {
    const { run, packet } = evaluation;
    if (anyConnection(packet) !== undefined || packet.untracked || packet.answersUntracked) return;
    if (noTrack) {
      packet.untracked = true;
      record(run, { kind: 'conntrack-untracked', subject: packet.subject });
      return;
    }
    const id = zone === undefined ? 0 : zone.id === 'mark' ? packet.mark & 0xffff : zone.id;
    const number = zoneNumber(id, zone?.direction);
    const owner = `template ${state.name(evaluation)}`;
    const template = { ...newTemplate(number, helper), owner };
    template.connection.mark = run.store.memory.get(owner)?.[0] ?? 0;
    packet.template = template;
  };
}

function rejectTarget(options: RejectOptions): Step {
  const answers: readonly { readonly name: string; readonly code: number | undefined }[] = [
    ...answers4,
    ...answers6,
  ];
  const code = answers.find(({ name }) => name === options.with)?.code;
  return ({ run, packet, state, registers }) => {
    if (code === undefined) rejectWithReset(run, packet, state);
    else rejectWithIcmp(run, packet, state, code);
    registers.verdict = dropVerdict;
  };
}
