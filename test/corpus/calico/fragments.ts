/** Corpus calls about single matches, actions and comments: upstream's builder names to our criteria. */

import { parseMark } from '../../../src/generate/calico/hex.ts';
import { textOf, textsOf } from '../../../src/generate/calico/plain-data.ts';
import {
  iptablesAction,
  iptablesMatch,
} from '../../../src/generate/calico/render/iptables-text.ts';
import { nftAction, nftMatch } from '../../../src/generate/calico/render/nftables-text.ts';
import { escapeComment, nftComment } from '../../../src/generate/calico/render/rendered.ts';
import type { Action } from '../../../src/generate/calico/rules/action.ts';
import type { Criterion, PortRange, Side } from '../../../src/generate/calico/rules/match.ts';
import { type Call, canonical, type Fields } from './case.ts';

type Args = readonly unknown[];

const sideOf = (name: string): Side => (/Source|Src/.test(name) ? 'source' : 'destination');

function pairs(value: unknown): readonly PortRange[] {
  if (!Array.isArray(value)) return [];
  return value.map((pair: unknown) => {
    const [first, last] = Array.isArray(pair) ? pair : [pair, pair];
    return { first: Number(first), last: Number(last) };
  });
}

function icmp(name: string, args: Args, negated: boolean): Criterion {
  const version = name.includes('V6') ? 6 : 4;
  const [type, code] = args.map(Number);
  const codes = code === undefined ? {} : { code };
  return { kind: 'icmp', version, type: type ?? 0, ...codes, negated };
}

function plainCriterion(name: string, args: Args, negated: boolean): Criterion {
  const side = sideOf(name);
  const text = textOf(args[0]);
  const [first = 0, second = 0] = args.map(Number);
  if (name.includes('ICMP')) return icmp(name, args, negated);
  switch (name) {
    case 'MarkClear':
      return { kind: 'mark-clear', mask: first, negated };
    case 'MarkSingleBitSet':
      return { kind: 'mark-equals', value: first, mask: first, negated };
    case 'MarkMatchesWithMask':
      return { kind: 'mark-equals', value: first, mask: second, negated };
    case 'InInterface':
    case 'OutInterface':
      return {
        kind: 'interface',
        direction: name === 'InInterface' ? 'in' : 'out',
        name: text,
        wildcard: false,
      };
    case 'InInterfaceVMAP':
    case 'OutInterfaceVMAP':
      return { kind: 'interface-map', direction: name.startsWith('In') ? 'in' : 'out', map: text };
    case 'Protocol':
      return { kind: 'protocol', protocol: text, negated };
    case 'ProtocolNum':
      return { kind: 'protocol', protocol: first, negated };
    case 'SourceNet':
    case 'DestNet':
      return { kind: 'network', side, network: text, negated };
    case 'SourceIPSet':
    case 'DestIPSet':
      return { kind: 'set', side, set: text, negated };
    case 'SourceIPPortSet':
    case 'DestIPPortSet':
      return { kind: 'port-set', side, set: text, negated };
    case 'SourcePorts':
    case 'DestPorts':
      return { kind: 'ports', side, ranges: pairs(args), negated };
    case 'SourcePortRanges':
    case 'DestPortRanges':
      return { kind: 'ports', side, ranges: pairs(args[0]), negated };
    case 'SourcePort':
    case 'DestPort':
      return { kind: 'port', side, port: first };
    case 'ConntrackState':
      return { kind: 'conntrack-state', states: text, negated };
    case 'ConntrackStatus':
      return { kind: 'conntrack-dnat', negated };
    case 'SrcAddrType':
    case 'DestAddrType':
      return { kind: 'address-type', side, type: text, outInterface: args[1] === true, negated };
    case 'RPFCheckFailed':
    case 'RPFCheckPassed':
      return {
        kind: 'reverse-path',
        passed: name === 'RPFCheckPassed',
        acceptLocal: args[0] === true,
      };
    case 'IPVSConnection':
      return { kind: 'ipvs', negated };
    case 'VXLANVNI':
      return { kind: 'vni', vni: first };
    default:
      throw new Error(`unknown operation ${name}`);
  }
}

const match: Call = ({ dataplane, input }) => {
  const criteria: Criterion[] = [];
  let layer = '';
  let version: 4 | 6 = 4;
  const operations = Array.isArray(input.ops) ? input.ops : [];
  for (const { op, args } of operations) {
    if (op === 'SetLayer') layer = String(args[0]);
    else if (op === 'IPVersion') version = args[0] === 6 ? 6 : 4;
    else if (op === 'MarkNotClear') criteria.push(plainCriterion('MarkClear', args, true));
    else if (op.startsWith('Not')) criteria.push(plainCriterion(op.slice(3), args, true));
    else criteria.push(plainCriterion(op, args, false));
  }
  const text =
    dataplane === 'nftables' ? nftMatch(criteria, { version, layer }) : iptablesMatch(criteria);
  return { text };
};

const markOf = (value: unknown, otherwise: number): number => parseMark(textOf(value)) ?? otherwise;

function actionOf(name: string, args: Fields, features: Fields): Action {
  const mark = markOf(args.mark, 0);
  const mask = markOf(args.mask ?? args.save_mask ?? args.restore_mask, 0xffffffff);
  const target = textOf(args.target);
  const portsOf = (value: unknown) => (textOf(value) === '' ? {} : { ports: textOf(value) });
  switch (name) {
    case 'Accept':
    case 'Drop':
    case 'Return':
      return { kind: name === 'Accept' ? 'accept' : name === 'Drop' ? 'drop' : 'return' };
    case 'Reject': {
      const answer = textOf(args.with ?? args.reject_with);
      return answer === '' ? { kind: 'reject' } : { kind: 'reject', with: answer };
    }
    case 'Jump':
      return { kind: 'jump', target };
    case 'GoTo':
    case 'Goto':
      return { kind: 'goto', target };
    case 'Log':
      return { kind: 'log', prefix: textOf(args.prefix) };
    case 'Nflog':
    case 'NFLOG':
      return {
        kind: 'nflog',
        group: Number(args.group),
        prefix: textOf(args.prefix),
        snapLength: Number(args.size ?? 0) || 80,
        range: features.nflog_size !== true,
      };
    case 'DNAT': {
      const port = Number(args.dest_port ?? 0);
      const address = textOf(args.dest_addr);
      return port === 0 ? { kind: 'dnat', address } : { kind: 'dnat', address, port };
    }
    case 'SNAT':
      return {
        kind: 'snat',
        address: textOf(args.to_addr),
        fullyRandom: features.snat_fully_random === true,
      };
    case 'Masq':
      return {
        kind: 'masquerade',
        ...portsOf(args.to_ports),
        fullyRandom: features.masq_fully_random === true,
      };
    case 'SetMark':
      return { kind: 'set-mark', mark };
    case 'ClearMark':
      return { kind: 'clear-mark', mark };
    case 'SetMaskedMark':
      return { kind: 'write-mark', mark, mask };
    case 'NoTrack':
      return { kind: 'notrack' };
    case 'SaveConnMark':
      return { kind: 'save-connection-mark', mask };
    case 'RestoreConnMark':
      return { kind: 'restore-connection-mark', mask };
    case 'SetConnMark':
      return { kind: 'write-connection-mark', mark, mask };
    case 'LimitPacketRate':
      return {
        kind: 'limit-packet-rate',
        rate: Number(args.rate),
        burst: Number(args.burst),
        mark,
      };
    case 'LimitNumConnections':
      return {
        kind: 'limit-connections',
        count: Number(args.num),
        rejectWith: textOf(args.reject_with),
      };
    default:
      throw new Error(`unknown action ${name} ${canonical(args)}`);
  }
}

const fieldsOf = (value: unknown): Fields => ({ ...(value as Fields) });

const action: Call = ({ dataplane, input }) => {
  const built = actionOf(textOf(input.action), fieldsOf(input.args), fieldsOf(input.features));
  const text =
    dataplane === 'nftables'
      ? nftAction(built, { version: 4, layer: textOf(input.layer) })
      : iptablesAction(built);
  return { text };
};

const comments: Call = ({ dataplane, input }) => {
  const texts = textsOf(input.comments);
  return dataplane === 'nftables'
    ? { comment: nftComment(textOf(input.hash), texts) }
    : { comments: texts.map(escapeComment) };
};

export const fragmentCalls: Readonly<Record<string, Call>> = { match, action, comments };
