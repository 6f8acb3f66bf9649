/** Hosts from the text of `ip`, for tests. */

import { parseAddress } from '../../../src/base/address.ts';
import { readHostFacts } from '../../../src/formats/snapshot/read-host-facts.ts';
import type { Host } from '../../../src/host/host.ts';
import { type PreparedHost, prepareHost } from '../../../src/host/prepared-host.ts';
import type { SnapshotKind } from '../../../src/host/snapshot-files.ts';

export function hostOf(files: Partial<Record<SnapshotKind, string>>): Host {
  const sources = new Map<SnapshotKind, { name: string; text: string }>();
  for (const [kind, text] of Object.entries(files) as [SnapshotKind, string][]) {
    sources.set(kind, { name: kind, text });
  }
  const { value, diagnostics } = readHostFacts(sources);
  if (diagnostics.length > 0)
    throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
  return value;
}

export function preparedOf(files: Partial<Record<SnapshotKind, string>>): PreparedHost {
  return prepareHost(hostOf(files));
}

export function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new Error(`not an address: ${text}`);
  return bytes;
}

/** Two interfaces, one of them with two addresses in a network. */
export const smallHost = {
  'ip-addr': `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
    inet6 ::1/128 scope host
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
    inet 192.0.2.11/24 scope global secondary eth0
    inet6 2001:db8::10/64 scope global
    inet6 fe80::1/64 scope link
3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group 7 qlen 1000
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff
    inet 198.51.100.1/25 scope global eth1
    inet6 2001:db8:1::1/64 scope global
`,
} as const;
