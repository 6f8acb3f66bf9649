/** Prepared lookups answer as a plain walk over all routes and elements does. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskAddress, prefixContains } from '../../src/base/address.ts';
import { buildHost } from '../../src/host/build-host.ts';
import type { IpSet, IpSetElement } from '../../src/host/ipset.ts';
import { prepareIpSets } from '../../src/host/ipset-index.ts';
import { testIpSet } from '../../src/host/ipset-lookup.ts';
import { prepareHost } from '../../src/host/prepared-host.ts';
import type { Route, RouteType, RoutingRule } from '../../src/host/route.ts';
import { lookupRoute } from '../../src/host/route-lookup.ts';

/** Few different bytes, so that prefixes nest and packets hit. */
const address4 = fc
  .tuple(fc.constant(10), fc.nat(1), fc.constantFrom(0, 64, 128), fc.nat(3))
  .map((bytes) => Uint8Array.from(bytes));
const prefix4 = fc
  .tuple(address4, fc.constantFrom(0, 8, 15, 16, 17, 24, 25, 31, 32))
  .map(([address, prefixLength]) => ({ address, prefixLength }));
const device = fc.constantFrom('eth0', 'eth1');

const route = fc
  .record({
    prefix: prefix4,
    device,
    type: fc.constantFrom<RouteType>('unicast', 'unicast', 'unicast', 'blackhole', 'throw'),
    table: fc.constantFrom('main', 'main', '100'),
    metric: fc.nat(2),
    tos: fc.constantFrom(0, 0, 16),
  })
  .map(
    ({ prefix, device: name, type, table, metric, tos }): Route => ({
      family: 4,
      table,
      type,
      destination: prefix,
      tos,
      metric,
      scope: 0,
      nexthops: type === 'unicast' ? [{ device: name, weight: 1, flags: [] }] : [],
      flags: [],
    }),
  );

const rules: readonly RoutingRule[] = [
  {
    family: 4,
    priority: 1,
    not: false,
    fwmark: { mark: 1, mask: 1 },
    action: { kind: 'lookup', table: '100' },
  },
  { family: 4, priority: 2, not: false, action: { kind: 'lookup', table: 'main' } },
];

/** The best route of a table, found by looking at every one. */
function plainLookup(
  routes: readonly Route[],
  table: string,
  address: Uint8Array,
  tos: number,
  out?: string,
): Route | undefined {
  return routes
    .filter((one) => one.table === table && prefixContains(one.destination, address))
    .filter(
      (one) =>
        (one.tos === 0 || one.tos === tos) &&
        (one.type !== 'unicast' || out === undefined || one.nexthops[0]?.device === out),
    )
    .map((one, position) => ({ one, position }))
    .sort(
      (a, b) =>
        b.one.destination.prefixLength - a.one.destination.prefixLength ||
        b.one.tos - a.one.tos ||
        a.one.metric - b.one.metric ||
        a.position - b.position,
    )[0]?.one;
}

test('lookupRoute', () => {
  const query = fc.record({
    address: address4,
    mark: fc.nat(3),
    tos: fc.constantFrom(0, 16),
    out: fc.option(device, { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 25 }),
      fc.array(query, { minLength: 5, maxLength: 10 }),
      (routes, queries) => {
        const prepared = prepareHost(
          buildHost({ routes4: routes, rules4: rules, interfaces: [] }).value,
        );
        for (const { address, mark, tos, out } of queries) {
          const first =
            (mark & 1) === 1 ? plainLookup(routes, '100', address, tos, out) : undefined;
          const useSecond = first === undefined || first.type === 'throw';
          const expected = useSecond ? plainLookup(routes, 'main', address, tos, out) : first;
          const found = lookupRoute(prepared, {
            destination: address,
            mark,
            tos,
            ...(out === undefined ? {} : { outputInterface: out }),
          });
          if (expected === undefined || expected.type === 'throw') expect(found.kind).toBe('none');
          else expect(found.kind === 'none' ? undefined : found.route).toBe(expected);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('testIpSet on hash:net', () => {
  const element = fc
    .tuple(prefix4, fc.boolean())
    .map(([prefix, nomatch]): IpSetElement => ({ parts: [{ kind: 'net', ...prefix }], nomatch }));
  const key = (one: IpSetElement) =>
    one.parts
      .map((part) =>
        part.kind === 'net'
          ? `${maskAddress(part.address, part.prefixLength)}/${part.prefixLength}`
          : '',
      )
      .join();
  fc.assert(
    fc.property(
      fc.uniqueArray(element, { maxLength: 20, selector: key }),
      address4,
      (elements, address) => {
        const set: IpSet = { name: 's', type: 'hash:net', family: 4, options: [], elements };
        const covering = elements.filter((one) =>
          one.parts.some((part) => part.kind === 'net' && prefixContains(part, address)),
        );
        const lengthOf = (one: IpSetElement) =>
          one.parts[0]?.kind === 'net' ? one.parts[0].prefixLength : 0;
        const best = covering.sort((a, b) => lengthOf(b) - lengthOf(a))[0];
        const expected = best === undefined ? 'absent' : best.nomatch ? 'nomatch' : 'match';
        const packet = { family: 4, source: address, destination: address, mark: 0 } as const;
        expect(testIpSet(prepareIpSets([set]), 's', ['src'], packet).kind).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});
