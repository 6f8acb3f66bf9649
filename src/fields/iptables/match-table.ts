/** Every match of iptables 1.8.13 that has rows. */

import { type AddrtypeOptions, addrtype } from './matches/addrtype.ts';
import { type AhOptions, ah4, ah6 } from './matches/ah.ts';
import { type BpfOptions, bpf } from './matches/bpf.ts';
import { type CgroupOptions, cgroup } from './matches/cgroup.ts';
import { type ClusterOptions, cluster } from './matches/cluster.ts';
import { type CommentOptions, comment } from './matches/comment.ts';
import { type ConnbytesOptions, connbytes } from './matches/connbytes.ts';
import { type ConnlabelOptions, connlabel } from './matches/connlabel.ts';
import { type ConnlimitOptions, connlimit } from './matches/connlimit.ts';
import { type ConnmarkOptions, connmark } from './matches/connmark.ts';
import { type ConntrackOptions, conntrack, state } from './matches/conntrack.ts';
import { type CpuOptions, cpu } from './matches/cpu.ts';
import { type DccpOptions, dccp } from './matches/dccp.ts';
import { type DevgroupOptions, devgroup } from './matches/devgroup.ts';
import { type DscpOptions, dscp } from './matches/dscp.ts';
import { type EcnOptions, ecn } from './matches/ecn.ts';
import { type EspOptions, esp } from './matches/esp.ts';
import { type Eui64Options, eui64 } from './matches/eui64.ts';
import { type DstOptions, dst, type HbhOptions, hbh } from './matches/extension-header-options.ts';
import { type FragOptions, frag } from './matches/frag.ts';
import { type HashlimitOptions, hashlimit } from './matches/hashlimit.ts';
import { type HelperOptions, helper } from './matches/helper.ts';
import { type IcmpOptions, icmp } from './matches/icmp.ts';
import { type Icmp6Options, icmp6 } from './matches/icmp6.ts';
import { type IpcompOptions, ipcomp } from './matches/ipcomp.ts';
import { type IprangeOptions, iprange } from './matches/iprange.ts';
import { type Ipv6headerOptions, ipv6header } from './matches/ipv6header.ts';
import { type IpvsOptions, ipvs } from './matches/ipvs.ts';
import { type LengthOptions, length } from './matches/length.ts';
import { type LimitOptions, limit } from './matches/limit.ts';
import { type MacOptions, mac } from './matches/mac.ts';
import { type MarkOptions, mark } from './matches/mark.ts';
import { type MhOptions, mh } from './matches/mh.ts';
import { type MultiportOptions, multiport } from './matches/multiport.ts';
import { type NfacctOptions, nfacct } from './matches/nfacct.ts';
import { type OsfOptions, osf } from './matches/osf.ts';
import { type OwnerOptions, owner } from './matches/owner.ts';
import { type PhysdevOptions, physdev } from './matches/physdev.ts';
import { type PkttypeOptions, pkttype } from './matches/pkttype.ts';
import { type PolicyOptions, policy } from './matches/policy.ts';
import { type QuotaOptions, quota } from './matches/quota.ts';
import { type RateestOptions, rateest } from './matches/rateest.ts';
import { type RealmOptions, realm } from './matches/realm.ts';
import { type RecentOptions, recent } from './matches/recent.ts';
import { type RpfilterOptions, rpfilter } from './matches/rpfilter.ts';
import { type RtOptions, rt } from './matches/rt.ts';
import { type SctpOptions, sctp } from './matches/sctp.ts';
import { type SetOptions, set } from './matches/set.ts';
import { type SocketOptions, socket } from './matches/socket.ts';
import { type SrhOptions, srh } from './matches/srh.ts';
import { type StatisticOptions, statistic } from './matches/statistic.ts';
import { type StringOptions, string } from './matches/string.ts';
import { type TcpOptions, tcp } from './matches/tcp.ts';
import { type TcpmssOptions, tcpmss } from './matches/tcpmss.ts';
import { type TimeOptions, time } from './matches/time.ts';
import { type TosOptions, tos } from './matches/tos.ts';
import { type HlOptions, hl, type TtlOptions, ttl } from './matches/ttl.ts';
import { type U32Options, u32 } from './matches/u32.ts';
import { type UdpOptions, udp } from './matches/udp.ts';

export type MatchOptions =
  | AddrtypeOptions
  | AhOptions
  | BpfOptions
  | CgroupOptions
  | ClusterOptions
  | CommentOptions
  | ConnbytesOptions
  | ConnlabelOptions
  | ConnlimitOptions
  | ConnmarkOptions
  | ConntrackOptions
  | CpuOptions
  | DccpOptions
  | DevgroupOptions
  | DscpOptions
  | DstOptions
  | EcnOptions
  | EspOptions
  | Eui64Options
  | FragOptions
  | HashlimitOptions
  | HbhOptions
  | HelperOptions
  | HlOptions
  | Icmp6Options
  | IcmpOptions
  | IpcompOptions
  | IprangeOptions
  | Ipv6headerOptions
  | IpvsOptions
  | LengthOptions
  | LimitOptions
  | MacOptions
  | MarkOptions
  | MhOptions
  | MultiportOptions
  | NfacctOptions
  | OsfOptions
  | OwnerOptions
  | PhysdevOptions
  | PkttypeOptions
  | PolicyOptions
  | QuotaOptions
  | RateestOptions
  | RealmOptions
  | RecentOptions
  | RpfilterOptions
  | RtOptions
  | SctpOptions
  | SetOptions
  | SocketOptions
  | SrhOptions
  | StatisticOptions
  | StringOptions
  | TcpOptions
  | TcpmssOptions
  | TimeOptions
  | TosOptions
  | TtlOptions
  | U32Options
  | UdpOptions;

export const matchExtensions = [
  addrtype,
  ah4,
  ah6,
  bpf,
  cgroup,
  cluster,
  comment,
  connbytes,
  connlabel,
  connlimit,
  connmark,
  conntrack,
  state,
  cpu,
  dccp,
  devgroup,
  dscp,
  ecn,
  esp,
  eui64,
  hbh,
  dst,
  frag,
  hashlimit,
  helper,
  icmp,
  icmp6,
  ipcomp,
  iprange,
  ipv6header,
  ipvs,
  length,
  limit,
  mac,
  mark,
  mh,
  multiport,
  nfacct,
  osf,
  owner,
  physdev,
  pkttype,
  policy,
  quota,
  rateest,
  realm,
  recent,
  rpfilter,
  rt,
  sctp,
  set,
  socket,
  srh,
  statistic,
  string,
  tcp,
  tcpmss,
  time,
  tos,
  ttl,
  hl,
  u32,
  udp,
] as const;
