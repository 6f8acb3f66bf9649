/** From the files of a host folder to a host. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { buildHost } from '../../host/build-host.ts';
import type { Host, HostFacts } from '../../host/host.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import type { SnapshotKind } from '../../host/snapshot-files.ts';
import { parseConntrack } from '../conntrack/parse-conntrack.ts';
import { addWarnings } from '../host-text/lines.ts';
import { parseForwarding } from '../iproute2/parse-forwarding.ts';
import { parseInterfaces } from '../iproute2/parse-interfaces.ts';
import { parseNeighbours } from '../iproute2/parse-neighbours.ts';
import { parseRoutes } from '../iproute2/parse-routes.ts';
import { parseRules } from '../iproute2/parse-rules.ts';
import { loadIpsetSave } from '../ipset/load-ipset-save.ts';
import { parseNftHooks } from '../nft-hooks/parse-nft-hooks.ts';
import { parseSysctl } from '../sysctl/parse-sysctl.ts';

/** Reads whatever kinds are there; rulesets and cluster objects are not host facts and are passed over. */
export function readHostFacts(files: ReadonlyMap<SnapshotKind, Source>): Result<Host> {
  const diagnostics: Diagnostic[] = [];
  const read = <Value>(
    kind: SnapshotKind,
    parse: (source: Source) => Result<Value>,
  ): Value | undefined => {
    const source = files.get(kind);
    if (source === undefined) return undefined;
    const result = parse(source);
    addWarnings(diagnostics, result.diagnostics);
    return result.value;
  };
  const facts = withoutUndefined({
    interfaces: mergeInterfaces(read('ip-addr', parseInterfaces), read('ip-link', parseInterfaces)),
    routes4: read('ip-route', (source) => parseRoutes(source, 4)),
    routes6: read('ip-route6', (source) => parseRoutes(source, 6)),
    rules4: read('ip-rule', (source) => parseRules(source, 4)),
    rules6: read('ip-rule6', (source) => parseRules(source, 6)),
    neighbours: read('ip-neigh', parseNeighbours),
    forwardingDatabase: read('bridge-fdb', parseForwarding),
    sysctls: read('sysctl', parseSysctl),
    ipsets: read('ipset', loadIpsetSave),
    conntrack: read('conntrack', parseConntrack),
    hooks: noneIfEmpty(read('nft-hooks', parseNftHooks)),
  });
  const host = buildHost(facts);
  return { value: host.value, diagnostics: [...diagnostics, ...host.diagnostics] };
}

/** A kernel without nfnetlink_hook lists nothing; that says nothing about the hooks. */
function noneIfEmpty<Item>(items: readonly Item[] | undefined): readonly Item[] | undefined {
  return items?.length === 0 ? undefined : items;
}

function withoutUndefined(
  facts: { readonly [Key in keyof HostFacts]: HostFacts[Key] | undefined },
): HostFacts {
  const result: HostFacts = {};
  for (const [key, value] of Object.entries(facts)) {
    if (value !== undefined) Object.assign(result, { [key]: value });
  }
  return result;
}

/** `ip addr` has the addresses, `ip -d link` the kinds; a device of either list is a device of the host. */
export function mergeInterfaces(
  withAddresses: readonly NetworkInterface[] | undefined,
  withKinds: readonly NetworkInterface[] | undefined,
): readonly NetworkInterface[] | undefined {
  if (withAddresses === undefined) return withKinds;
  const links = new Map((withKinds ?? []).map((link) => [link.name, link]));
  const merged = withAddresses.map((device) => {
    const link = links.get(device.name);
    links.delete(device.name);
    const knowsMore = link !== undefined && device.kindName === undefined;
    return knowsMore ? { ...link, addresses: device.addresses } : device;
  });
  return [...merged, ...links.values()];
}
