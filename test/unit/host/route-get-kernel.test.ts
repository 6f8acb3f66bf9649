/** Output routes against `ip route get` of the running kernel, on generated hosts in a network namespace. */

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../../src/base/address.ts';
import type { PreparedHost } from '../../../src/host/prepared-host.ts';
import { routeOutput } from '../../../src/host/route-output.ts';
import { address, preparedOf } from './host-of.ts';

const devices = ['dev0', 'dev1', 'dev2'] as const;
const canIsolate =
  spawnSync('unshare', [
    '-n',
    'ip',
    'link',
    'add',
    'name',
    'x',
    'type',
    'veth',
    'peer',
    'name',
    'y',
  ]).status === 0;

interface Query {
  readonly to: string;
  readonly mark: number;
  readonly device: string | undefined;
}

interface Scenario {
  readonly family: 4 | 6;
  readonly commands: readonly string[];
  readonly queries: readonly Query[];
}

const device = fc.constantFrom(...devices);

function scenario(family: 4 | 6): fc.Arbitrary<Scenario> {
  const flag = `-${family}`;
  const [subnet, host] =
    family === 4
      ? [
          fc.tuple(fc.nat(2), fc.nat(2)).map(([a, b]) => `10.${a}.${b}`),
          (part: string, last: number) => `${part}.${last}`,
        ]
      : [
          fc.tuple(fc.nat(2), fc.nat(1)).map(([a, b]) => `2001:db8:${a}:${b}`),
          (part: string, last: number) => `${part}::${last}`,
        ];
  const address = fc
    .tuple(subnet, fc.integer({ min: 1, max: 4 }))
    .map(([part, last]) => host(part, last));
  const lengths = family === 4 ? [16, 24, 25, 30, 32] : [48, 64, 120, 128];
  const prefix = fc.oneof(
    fc.constant('default'),
    fc
      .tuple(subnet, fc.constantFrom(...lengths.slice(0, 2)))
      .map(([part, length]) =>
        family === 4
          ? `${length === 16 ? part.replace(/\d+$/, '0') : part}.0/${length}`
          : `${length === 48 ? part.replace(/\d+$/, '0') : part}::/${length}`,
      ),
    address,
  );
  const more = fc.constantFrom('', '', 'metric 1', 'metric 2', 'table 100');
  const command = fc.oneof(
    fc
      .tuple(address, fc.constantFrom(...lengths), device)
      .map(
        ([own, length, name]) =>
          `ip ${flag} addr add ${own}/${length} dev ${name} ${family === 6 ? 'nodad' : ''}`,
      ),
    fc
      .tuple(prefix, address, device, more)
      .map(
        ([to, via, name, rest]) =>
          `ip ${flag} route add ${to} via ${via} dev ${name} onlink ${rest}`,
      ),
    fc
      .tuple(prefix, device, more)
      .map(([to, name, rest]) => `ip ${flag} route add ${to} dev ${name} ${rest}`),
    fc
      .tuple(fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw'), prefix, more)
      .map(([type, to, rest]) => `ip ${flag} route add ${type} ${to} ${rest}`),
    fc
      .tuple(
        fc.constantFrom(
          'lookup 100',
          'prohibit',
          'lookup main suppress_prefixlength 0',
          'goto 32766',
        ),
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([action, priority]) => `ip ${flag} rule add fwmark 1 priority ${priority} ${action}`),
  );
  const query = fc.record({
    to: address,
    mark: fc.nat(1),
    device: fc.option(device, { nil: undefined }),
  });
  return fc.record({
    family: fc.constant(family),
    commands: fc.array(command, { minLength: 10, maxLength: 20 }),
    queries: fc.array(query, { minLength: 30, maxLength: 40 }),
  });
}

const setUp = [
  'ip link set lo up',
  'sysctl -wq net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.addr_gen_mode=1',
  ...devices.flatMap((name) => [
    `ip link add name ${name} type veth peer name p${name}`,
    `sysctl -wq net.ipv6.conf.${name}.addr_gen_mode=1 net.ipv6.conf.p${name}.addr_gen_mode=1`,
    `ip link set p${name} up`,
    `ip link set ${name} up`,
  ]),
];

const separator = '=====';

/** Runs everything in one namespace: `ip`'s listings, then one answer per query. */
function play({ family, commands, queries }: Scenario): readonly string[] {
  const asks = queries.map(
    ({ to, mark, device: name }) =>
      `ip -${family} route get ${to} mark ${mark} ${name === undefined ? '' : `oif ${name}`} 2>&1 | head -n 1`,
  );
  const shows = ['ip -d addr', `ip -${family} route show table all`, `ip -${family} rule`];
  const quiet = [...setUp, ...commands].map((line) => `${line} 2>/dev/null`);
  const script = [
    ...quiet,
    ...[...shows, ...asks].map((line) => `${line}\necho ${separator}`),
  ].join('\n');
  return spawnSync('unshare', ['-n', 'sh'], { input: script, encoding: 'utf8' }).stdout.split(
    `${separator}\n`,
  );
}

const errors: readonly (readonly [string, string])[] = [
  ['Network is unreachable', 'ENETUNREACH'],
  ['No route to host', 'EHOSTUNREACH'],
  ['Permission denied', 'EACCES'],
  ['Invalid argument', 'EINVAL'],
  ['unreachable ', 'EHOSTUNREACH'],
  ['prohibit ', 'EACCES'],
  ['blackhole ', 'EINVAL'],
];

function kernelAnswer(line: string): string {
  const error = errors.find(([text]) => line.startsWith(text) || line.endsWith(`: ${text}\n`));
  if (error !== undefined) return error[1];
  const value = (word: string) => new RegExp(` ${word} (\\S+)`).exec(line)?.[1] ?? 'none';
  return `${value('via')} ${value('dev')} ${value('src')}`;
}

function ownAnswers(prepared: PreparedHost, { to, mark, device: name }: Query): readonly string[] {
  const found = routeOutput(prepared, {
    destination: address(to),
    mark,
    ...(name === undefined ? {} : { outputInterface: name }),
  });
  if (found.kind === 'error') return [found.errno];
  const text = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? 'none' : formatAddress(bytes);
  return found.choices.map(
    ({ nexthop, source }) => `${text(nexthop.gateway)} ${nexthop.device} ${text(source)}`,
  );
}

describe.runIf(canIsolate)('routeOutput is what ip route get says', () => {
  test.each([4, 6] as const)('IPv%i', (family) => {
    fc.assert(
      fc.property(scenario(family), (generated) => {
        const [addr = '', route = '', rule = '', ...answers] = play(generated);
        const names =
          family === 4 ? (['ip-route', 'ip-rule'] as const) : (['ip-route6', 'ip-rule6'] as const);
        const prepared = preparedOf({ 'ip-addr': addr, [names[0]]: route, [names[1]]: rule });
        generated.queries.forEach((query, position) => {
          const kernel = kernelAnswer(answers[position] ?? '');
          const context = `${query.to} mark ${query.mark} oif ${query.device}\n${addr}${route}${rule}`;
          expect(ownAnswers(prepared, query), context).toContain(kernel);
        });
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
