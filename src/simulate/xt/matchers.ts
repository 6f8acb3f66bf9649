/** What each xtables match asks, by the kind of its options; undefined for those that are not modelled. */

import type { MatchOptions } from '../../fields/iptables/match-table.ts';
import type { XtOptions } from '../../model/xt.ts';
import { ipFamily } from '../live-packet.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { bpfMatcher } from './bpf.ts';
import { clusterMatcher } from './cluster.ts';
import {
  connbytesMatcher,
  connlabelMatcher,
  connlimitMatcher,
  connmarkMatcher,
  conntrackMatcher,
  helperMatcher,
} from './conntrack.ts';
import {
  dscpMatcher,
  ecnMatcher,
  eui64Matcher,
  hopMatcher,
  iprangeMatcher,
  lengthMatcher,
  macMatcher,
  pkttypeMatcher,
  stringMatcher,
  tosMatcher,
  u32Matcher,
} from './header.ts';
import {
  addrtypeMatcher,
  devgroupMatcher,
  ownerMatcher,
  physdevMatcher,
  rpfilterMatcher,
  setMatcher,
  timeMatcher,
} from './host.ts';
import {
  ahMatcher6,
  fragMatcher,
  headerOptionsMatcher,
  ipv6headerMatcher,
  rtMatcher,
} from './ipv6-headers.ts';
import type { Matcher } from './matcher.ts';
import {
  ahMatcher4,
  dccpMatcher,
  espMatcher,
  ipcompMatcher,
  mhMatcher,
  sctpMatcher,
} from './other-transports.ts';
import { recentMatcher } from './recent.ts';
import { srhMatcher } from './segment-routing.ts';
import { hashlimitMatcher, limitMatcher, quotaMatcher, statisticMatcher } from './stateful.ts';
import {
  icmpMatcher,
  multiportMatcher,
  portsMatcher,
  tcpMatcher,
  tcpmssMatcher,
} from './transport.ts';
import { cgroupMatcher, cpuMatcher, osfMatcher, socketMatcher } from './undetermined.ts';

type OptionsByKind = { readonly [Options in MatchOptions as Options['kind']]: Options };
type MatchKind = keyof OptionsByKind;

/** `choice`: nothing here determines the answer. */
type Makers = {
  readonly [Kind in MatchKind]:
    | 'choice'
    | ((options: OptionsByKind[Kind], compiler: StepCompiler) => Matcher | undefined);
};

/** One row for each match of iptables; the table in the README is made from it. */
export const matcherMakers: Makers = {
  comment: () => () => true,
  conntrack: conntrackMatcher,
  connmark: connmarkMatcher,
  connlimit: connlimitMatcher,
  connbytes: connbytesMatcher,
  connlabel: connlabelMatcher,
  helper: helperMatcher,
  mark:
    (options) =>
    ({ packet }) =>
      ((packet.mark & options.mask) >>> 0 === options.value) !== options.inverted,
  tcp: tcpMatcher,
  udp: portsMatcher,
  multiport: multiportMatcher,
  icmp: icmpMatcher,
  icmp6: icmpMatcher,
  tcpmss: tcpmssMatcher,
  sctp: sctpMatcher,
  dccp: dccpMatcher,
  esp: espMatcher,
  ah: (options) => byFamily(ahMatcher4(options), ahMatcher6(options)),
  ipcomp: ipcompMatcher,
  mh: mhMatcher,
  frag: fragMatcher,
  hbh: headerOptionsMatcher,
  dst: headerOptionsMatcher,
  rt: rtMatcher,
  srh: srhMatcher,
  ipv6header: ipv6headerMatcher,
  eui64: () => eui64Matcher,
  recent: recentMatcher,
  bpf: bpfMatcher,
  cluster: clusterMatcher,
  cpu: cpuMatcher,
  cgroup: cgroupMatcher,
  socket: socketMatcher,
  osf: osfMatcher,
  /** No route fact has realms: the class of every route is 0. */
  realm: (options) => () => ((0 & options.mask) >>> 0 === options.value) !== options.inverted,
  ttl: hopMatcher,
  hl: hopMatcher,
  dscp: dscpMatcher,
  tos: tosMatcher,
  ecn: ecnMatcher,
  length: lengthMatcher,
  iprange: iprangeMatcher,
  mac: macMatcher,
  pkttype: pkttypeMatcher,
  u32: u32Matcher,
  string: stringMatcher,
  addrtype: addrtypeMatcher,
  rpfilter: rpfilterMatcher,
  set: setMatcher,
  owner: ownerMatcher,
  devgroup: devgroupMatcher,
  physdev: physdevMatcher,
  time: timeMatcher,
  statistic: statisticMatcher,
  limit: limitMatcher,
  quota: quotaMatcher,
  hashlimit: hashlimitMatcher,
  /** Without IPsec there is no policy. */
  policy: (options) => () => options.policy === 'none',
  /** What these ask for is kept outside the rules: nfnetlink_acct, IPVS, rate estimators. */
  ipvs: 'choice',
  nfacct: 'choice',
  rateest: 'choice',
};

/** Undefined: the answer is a choice. */
export function matcherOf(options: XtOptions, compiler: StepCompiler): Matcher | undefined {
  return isMatch(options) ? makeMatcher(options, compiler) : undefined;
}

function isMatch(options: XtOptions): options is MatchOptions {
  return options.kind in matcherMakers;
}

function makeMatcher<Kind extends MatchKind>(
  options: OptionsByKind[Kind] & { readonly kind: Kind },
  compiler: StepCompiler,
): Matcher | undefined {
  const maker = matcherMakers[options.kind];
  return maker === 'choice' ? undefined : maker(options, compiler);
}

function byFamily(four: Matcher, six: Matcher): Matcher {
  return (evaluation) => (ipFamily(evaluation.packet) === 6 ? six(evaluation) : four(evaluation));
}
