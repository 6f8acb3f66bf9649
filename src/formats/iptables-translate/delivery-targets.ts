/** Translations of targets that give the packet, or a copy, to somebody: logs, queues, sockets, gateways, refusals. */

import { formatAddress } from '../../base/address.ts';
import type { AuditOptions } from '../../fields/iptables/targets/audit.ts';
import type { LogOptions } from '../../fields/iptables/targets/log.ts';
import type { NflogOptions } from '../../fields/iptables/targets/nflog.ts';
import type { NfqueueOptions } from '../../fields/iptables/targets/nfqueue.ts';
import type { RejectOptions, RejectWith } from '../../fields/iptables/targets/reject.ts';
import type { TeeOptions } from '../../fields/iptables/targets/tee.ts';
import type { TproxyOptions } from '../../fields/iptables/targets/tproxy.ts';
import { hex, joined, range, type Translate } from './translation.ts';

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

export const LOG: Translate<LogOptions> = (options) =>
  joined([
    'log',
    options.prefix === '' ? undefined : `prefix "${options.prefix}"`,
    options.level === 4 ? undefined : `level ${levels[options.level]}`,
    logFlags(options),
  ]);

function logFlags(options: LogOptions): string {
  const { tcpSequence, tcpOptions, ipOptions, userId, macDecode } = options;
  if (tcpSequence && tcpOptions && ipOptions && userId && macDecode) return 'flags all';
  const tcp = [...(tcpSequence ? ['sequence'] : []), ...(tcpOptions ? ['options'] : [])];
  return joined([
    tcp.length > 0 ? `flags tcp ${tcp.join(',')}` : undefined,
    ipOptions ? 'flags ip options' : undefined,
    userId ? 'flags skuid' : undefined,
    macDecode ? 'flags ether' : undefined,
  ]);
}

export const NFLOG: Translate<NflogOptions> = ({ prefix, group, size, threshold }) =>
  joined([
    'log',
    prefix === '' ? undefined : `prefix "${prefix}"`,
    size === undefined ? undefined : `snaplen ${size}`,
    threshold === 0 ? undefined : `queue-threshold ${threshold}`,
    // A comment stands after two blanks.
    `group ${group} `,
  ]);

export const AUDIT: Translate<AuditOptions> = () => 'log level audit';

export const NFQUEUE: Translate<NfqueueOptions> = (options) => {
  const flags = [...(options.bypass ? ['bypass'] : []), ...(options.cpuFanout ? ['fanout'] : [])];
  return joined([`queue num ${range(options)}`, flags.join(',')]);
};

const answers: Readonly<Record<RejectWith, string>> = {
  'icmp-net-unreachable': 'icmp type net-unreachable',
  'icmp-host-unreachable': 'icmp type host-unreachable',
  'icmp-proto-unreachable': 'icmp type prot-unreachable',
  'icmp-port-unreachable': '',
  'icmp-net-prohibited': 'icmp type net-prohibited',
  'icmp-host-prohibited': 'icmp type host-prohibited',
  'icmp-admin-prohibited': 'icmp type admin-prohibited',
  'tcp-reset': 'tcp reset',
  'icmp6-no-route': 'icmpv6 type no-route',
  'icmp6-adm-prohibited': 'icmpv6 type admin-prohibited',
  'icmp6-addr-unreachable': 'icmpv6 type addr-unreachable',
  'icmp6-port-unreachable': '',
  'icmp6-policy-fail': 'icmpv6 type policy-fail',
  'icmp6-reject-route': 'icmpv6 type reject-route',
};

/** nft answers with port-unreachable unless told otherwise. */
export const REJECT: Translate<RejectOptions> = (options) => {
  const answer = answers[options.with];
  return answer === '' ? 'reject' : `reject with ${answer}`;
};

export const TEE: Translate<TeeOptions> = (options) =>
  joined([
    `dup to ${formatAddress(options.gateway)}`,
    options.interface === undefined ? undefined : `device ${options.interface}`,
  ]);

/** In listings the address is lost: nft asks without the revision that has it. */
export const TPROXY: Translate<TproxyOptions> = (options, { listing }) => {
  const { address, port, mark } = options;
  const given =
    listing || address === undefined || address.every((byte) => byte === 0) ? undefined : address;
  const plain = given === undefined ? '' : formatAddress(given);
  const host = given?.length === 16 ? `[${plain}]` : plain;
  return joined([
    `tproxy to ${given !== undefined && port === 0 ? host : `${host}:${port}`}`,
    markText(mark),
    'accept',
  ]);
};

function markText({ value, mask }: TproxyOptions['mark']): string | undefined {
  if (mask === 0xffffffff) return `meta mark set ${hex(value)}`;
  return mask === 0 && value === 0
    ? undefined
    : `meta mark set meta mark & ${hex(~mask >>> 0)} xor ${hex(value)}`;
}
