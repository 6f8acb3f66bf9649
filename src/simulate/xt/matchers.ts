/** What each xtables match asks, by the kind of its options; undefined for those that are not modelled. */

import type { XtOptions } from '../../model/xt.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
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
import type { Matcher } from './matcher.ts';
import { hashlimitMatcher, limitMatcher, quotaMatcher, statisticMatcher } from './stateful.ts';
import {
  icmpMatcher,
  multiportMatcher,
  portsMatcher,
  tcpMatcher,
  tcpmssMatcher,
} from './transport.ts';

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
      return options.chunks === undefined ? portsMatcher(options) : undefined;
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
