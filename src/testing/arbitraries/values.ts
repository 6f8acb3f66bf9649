/** Arbitraries of addresses, flows, hosts and rulesets. */

import fc from 'fast-check';
import {
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  lastAddress,
  maskAddress,
  parsePrefix,
} from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { testHost } from '../ruleset.ts';

function boundsOf(text: string) {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new RangeError(`not a prefix: ${text}`);
  const family = prefix.address.length === 4 ? (4 as const) : (6 as const);
  const first = addressToBigInt(maskAddress(prefix.address, prefix.prefixLength));
  return {
    family,
    first,
    last: addressToBigInt(lastAddress(prefix)),
    top: (1n << BigInt(prefix.address.length * 8)) - 1n,
  };
}

const asText = (family: 4 | 6) => (value: bigint) =>
  formatAddress(addressFromBigInt(value, family));

/** Addresses in a prefix; its edges often. */
export function addressesInside(prefix: string): fc.Arbitrary<string> {
  const { family, first, last } = boundsOf(prefix);
  return fc
    .oneof(fc.constantFrom(first, last), fc.bigInt({ min: first, max: last }))
    .map(asText(family));
}

/** Addresses that are not in a prefix; its neighbours often. */
export function addressesOutside(prefix: string): fc.Arbitrary<string> {
  const { family, first, last, top } = boundsOf(prefix);
  const near = [first - 1n, last + 1n].filter((value) => value >= 0n && value <= top);
  const below = first > 0n ? [fc.bigInt({ min: 0n, max: first - 1n })] : [];
  const above = last < top ? [fc.bigInt({ min: last + 1n, max: top })] : [];
  return fc.oneof(fc.constantFrom(...near), ...below, ...above).map(asText(family));
}

/** A packet with the ports of its connection turned round and back: the steps of a flow. */
export function flows(packets: fc.Arbitrary<PacketFields>): fc.Arbitrary<readonly PacketFields[]> {
  return fc
    .tuple(packets, fc.nat({ max: 3 }))
    .map(([packet, more]) =>
      Array.from({ length: more + 1 }, (_, index) =>
        index === 0 || packet.protocol !== 6 ? packet : { ...packet, flags: 'A' },
      ),
    );
}

/** Routers with one to four interfaces, each with a network of its own. */
export const hosts: fc.Arbitrary<Host> = fc
  .record({ interfaces: fc.integer({ min: 1, max: 4 }), forwarding: fc.boolean() })
  .map(({ interfaces, forwarding }) => {
    const numbers = Array.from({ length: interfaces }, (_, index) => index);
    const links = numbers.map(
      (index) =>
        `${index + 2}: eth${index}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether 02:00:00:00:00:0${index + 1} brd ff:ff:ff:ff:ff:ff\n    inet 10.${index}.0.1/16 scope global eth${index}\n`,
    );
    const routes = numbers.map(
      (index) => `10.${index}.0.0/16 dev eth${index} scope link src 10.${index}.0.1\n`,
    );
    return testHost({
      'ip-addr': `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n${links.join('')}`,
      'ip-route': `default via 10.0.0.254 dev eth0\n${routes.join('')}`,
      sysctl: `net.ipv4.ip_forward = ${forwarding ? 1 : 0}\nnet.ipv4.conf.all.rp_filter = 0\n`,
    });
  });

interface RuleDraw {
  readonly network: number;
  readonly bits: number;
  readonly direction: 'saddr' | 'daddr';
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly verdict: 'accept' | 'drop';
}

const ruleDraw: fc.Arbitrary<RuleDraw> = fc.record({
  network: fc.nat({ max: 3 }),
  bits: fc.constantFrom(16, 24, 8, 32, 20),
  direction: fc.constantFrom('saddr' as const, 'daddr' as const),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  port: fc.constantFrom(80, 443, 22, 53, 8080),
  verdict: fc.constantFrom('accept' as const, 'drop' as const),
});

const networkOf = ({ network, bits }: RuleDraw): string => {
  const prefix = parsePrefix(`10.${network}.0.0/${bits}`);
  return prefix === undefined
    ? '10.0.0.0/8'
    : `${formatAddress(maskAddress(prefix.address, bits))}/${bits}`;
};

interface RulesetDraw {
  readonly rules: readonly RuleDraw[];
  readonly policy: 'accept' | 'drop';
  readonly established: boolean;
}

const rulesetDraw: fc.Arbitrary<RulesetDraw> = fc.record({
  rules: fc.array(ruleDraw, { maxLength: 8 }),
  policy: fc.constantFrom('accept' as const, 'drop' as const),
  established: fc.boolean(),
});

/** nft text: a filter on forward and input. */
export const nftRulesets: fc.Arbitrary<string> = rulesetDraw.map(
  ({ rules, policy, established }) => {
    const lines = rules.map(
      (rule) =>
        `    ip ${rule.direction} ${networkOf(rule)} ${rule.protocol} dport ${rule.port} ${rule.verdict}`,
    );
    const state = established ? ['    ct state established,related accept'] : [];
    const chain = (hook: string) =>
      [
        `  chain ${hook} {`,
        `    type filter hook ${hook} priority filter; policy ${policy};`,
        ...state,
        ...lines,
        '  }',
      ].join('\n');
    return `table ip filter {\n${chain('input')}\n${chain('forward')}\n}\n`;
  },
);

/** iptables-save text of the same kind. */
export const iptablesRulesets: fc.Arbitrary<string> = rulesetDraw.map(
  ({ rules, policy, established }) => {
    const target = policy.toUpperCase();
    const state = established
      ? ['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT']
      : [];
    const lines = rules.map(
      (rule) =>
        `-A FORWARD ${rule.direction === 'saddr' ? '-s' : '-d'} ${networkOf(rule)} -p ${rule.protocol} -m ${rule.protocol} --dport ${rule.port} -j ${rule.verdict.toUpperCase()}`,
    );
    return `*filter\n:INPUT ${target} [0:0]\n:FORWARD ${target} [0:0]\n:OUTPUT ACCEPT [0:0]\n${[...state, ...lines].map((line) => `${line}\n`).join('')}COMMIT\n`;
  },
);
