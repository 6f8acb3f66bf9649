/** What each xtables match asks, by the kind of its options; undefined for those that are not modelled. */

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

export function matcherOf(options: XtOptions, compiler: StepCompiler): Matcher | undefined {
  switch (options.kind) {
    case 'comment':
      return () => true;
    case 'conntrack':
      return conntrackMatcher(options);
    case 'connmark':
      return connmarkMatcher(options);
    case 'connlimit':
      return connlimitMatcher(options, compiler);
    case 'connbytes':
      return connbytesMatcher(options);
    case 'connlabel':
      return connlabelMatcher(options);
    case 'helper':
      return helperMatcher(options);
    case 'mark':
      return ({ packet }) =>
        ((packet.mark & options.mask) >>> 0 === options.value) !== options.inverted;
    case 'tcp':
      return tcpMatcher(options);
    case 'udp':
      return portsMatcher(options);
    case 'multiport':
      return multiportMatcher(options);
    case 'icmp':
    case 'icmp6':
      return icmpMatcher(options);
    case 'tcpmss':
      return tcpmssMatcher(options);
    case 'sctp':
      return sctpMatcher(options);
    case 'dccp':
      return dccpMatcher(options);
    case 'esp':
      return espMatcher(options);
    case 'ah':
      return byFamily(ahMatcher4(options), ahMatcher6(options));
    case 'ipcomp':
      return ipcompMatcher(options);
    case 'mh':
      return mhMatcher(options);
    case 'frag':
      return fragMatcher(options);
    case 'hbh':
    case 'dst':
      return headerOptionsMatcher(options);
    case 'rt':
      return rtMatcher(options);
    case 'srh':
      return srhMatcher(options);
    case 'ipv6header':
      return ipv6headerMatcher(options);
    case 'eui64':
      return eui64Matcher;
    case 'recent':
      return recentMatcher(options);
    case 'bpf':
      return bpfMatcher(options);
    case 'cluster':
      return clusterMatcher(options);
    case 'cpu':
      return cpuMatcher(options);
    case 'cgroup':
      return cgroupMatcher(options);
    case 'socket':
      return socketMatcher(options);
    case 'osf':
      return osfMatcher(options);
    case 'realm':
      /** No route fact has realms: the class of every route is 0. */
      return () => ((0 & options.mask) >>> 0 === options.value) !== options.inverted;
    case 'ttl':
    case 'hl':
      return hopMatcher(options);
    case 'dscp':
      return dscpMatcher(options);
    case 'tos':
      return tosMatcher(options);
    case 'ecn':
      return ecnMatcher(options);
    case 'length':
      return lengthMatcher(options);
    case 'iprange':
      return iprangeMatcher(options);
    case 'mac':
      return macMatcher(options);
    case 'pkttype':
      return pkttypeMatcher(options);
    case 'u32':
      return u32Matcher(options);
    case 'string':
      return stringMatcher(options);
    case 'addrtype':
      return addrtypeMatcher(options);
    case 'rpfilter':
      return rpfilterMatcher(options);
    case 'set':
      return setMatcher(options);
    case 'owner':
      return ownerMatcher(options);
    case 'devgroup':
      return devgroupMatcher(options);
    case 'physdev':
      return physdevMatcher(options);
    case 'time':
      return timeMatcher(options);
    case 'statistic':
      return statisticMatcher(options, compiler);
    case 'limit':
      return limitMatcher(options, compiler);
    case 'quota':
      return quotaMatcher(options, compiler);
    case 'hashlimit':
      return hashlimitMatcher(options);
    case 'policy':
      /** Without IPsec there is no policy. */
      return () => options.policy === 'none';
    default:
      return undefined;
  }
}

function byFamily(four: Matcher, six: Matcher): Matcher {
  return (evaluation) => (ipFamily(evaluation.packet) === 6 ? six(evaluation) : four(evaluation));
}
