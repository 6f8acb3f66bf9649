/** Translations of targets that write to the packet, its metadata or its connection. */

import { paddedHex } from '../../fields/iptables/numbers.ts';
import type { ClassifyOptions } from '../../fields/iptables/targets/classify.ts';
import type { ConnmarkTargetOptions } from '../../fields/iptables/targets/connmark.ts';
import type { CtOptions } from '../../fields/iptables/targets/ct.ts';
import type { DscpTargetOptions } from '../../fields/iptables/targets/dscp.ts';
import type { MarkTargetOptions } from '../../fields/iptables/targets/mark.ts';
import type { SynproxyOptions } from '../../fields/iptables/targets/synproxy.ts';
import type { TcpmssTargetOptions } from '../../fields/iptables/targets/tcpmss.ts';
import type { TosTargetOptions } from '../../fields/iptables/targets/tos.ts';
import type { TraceOptions } from '../../fields/iptables/targets/trace.ts';
import { hex, joined, type Translate } from './translation.ts';

/** What is kept of a mark that is written under a mask. */
function kept(mask: number): string {
  return hex(~mask >>> 0);
}

/** 1.8.13 leaves a blank at the end, which shows before a comment. */
export const MARK: Translate<MarkTargetOptions> = (options) =>
  `meta mark set ${writtenMark(options)} `;

function writtenMark({ value, mask }: MarkTargetOptions): string {
  if (mask === 0xffffffff) return hex(value);
  if (value === 0) return `mark and ${kept(mask)}`;
  if (value === mask) return `mark or ${hex(value)}`;
  if (mask === 0) return `mark xor ${hex(value)}`;
  return `mark and ${kept(mask)} xor ${hex(value)}`;
}

export const CONNMARK: Translate<ConnmarkTargetOptions> = (options) => {
  if (options.action === 'set') return setConnmark(options.value, options.mask);
  const { packetMask, connectionMask } = options;
  if (packetMask !== connectionMask) return undefined;
  const masked = packetMask === 0xffffffff ? '' : `and ${hex(packetMask)}`;
  return options.action === 'save'
    ? joined(['ct mark set mark', masked])
    : joined(['meta mark set ct mark', masked]);
};

function setConnmark(value: number, mask: number): string {
  if (mask === 0xffffffff) return `ct mark set ${hex(value)}`;
  if (value === 0) return `ct mark set ct mark and ${kept(mask)}`;
  if (value === mask) return `ct mark set ct mark or ${hex(value)}`;
  if (mask === 0) return `ct mark set ct mark xor ${hex(value)}`;
  return `ct mark set ct mark xor ${hex(value)} and ${kept(mask)}`;
}

/** 1.8.13 says `ip6` for both families and drops the two lowest bits. */
export const TOS: Translate<TosTargetOptions> = ({ value, mask }) => {
  const written = paddedHex(value >> 2, 2);
  const rest = paddedHex((~mask & 0xff) >> 2, 2);
  if (mask === 0x3f || mask === 0xff) return `ip6 dscp set ${written}`;
  if (value === 0) return `ip6 dscp set ip6 dscp and ${rest}`;
  if (value === mask) return `ip6 dscp set ip6 dscp or ${written}`;
  if (mask === 0) return `ip6 dscp set ip6 dscp xor ${written}`;
  return `ip6 dscp set ip6 dscp and ${rest} xor ${written}`;
};

export const DSCP: Translate<DscpTargetOptions> = ({ value }, { family }) =>
  `${family} dscp set ${paddedHex(value, 2)}`;

export const CLASSIFY: Translate<ClassifyOptions> = ({ major, minor }) =>
  `meta priority set ${classText(major, minor)}`;

function classText(major: number, minor: number): string {
  if (major === 0 && minor === 0) return 'none';
  if (major === 0xffff && minor === 0xffff) return 'root';
  return `${major.toString(16)}:${minor.toString(16)}`;
}

export const CT: Translate<CtOptions> = ({ noTrack }) => (noTrack ? 'notrack' : undefined);

export const TRACE: Translate<TraceOptions> = () => 'nftrace set 1';

export const TCPMSS: Translate<TcpmssTargetOptions> = ({ mss }) =>
  `tcp option maxseg size set ${mss === 'pmtu' ? 'rt mtu' : mss}`;

export const SYNPROXY: Translate<SynproxyOptions> = (options) =>
  // Each option brings a blank behind it.
  joined([
    'synproxy',
    options.sackPermitted ? 'sack-perm ' : undefined,
    options.timestamp ? 'timestamp ' : undefined,
    options.windowScale === undefined ? undefined : `wscale ${options.windowScale} `,
    options.mss === undefined ? undefined : `mss ${options.mss} `,
    options.ecn ? 'ecn ' : undefined,
  ]);
