/** The host of a recorded scenario, from the texts that its tools printed. */

import { parseAddress, parseLinkLayerAddress } from '../base/address.ts';
import type { Source } from '../base/span.ts';
import { parseInterfaces } from '../formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../formats/iproute2/parse-routes.ts';
import { parseRules } from '../formats/iproute2/parse-rules.ts';
import { loadIpsetSave } from '../formats/ipset/load-ipset-save.ts';
import { buildHost } from '../host/build-host.ts';
import type { Host } from '../host/host.ts';
import type { Neighbour } from '../host/neighbour.ts';
import type { InterfaceKind, LinkDetails, NetworkInterface } from '../host/network-interface.ts';
import type { Scenario } from './recording.ts';

/** What the lab sets before the scenario's own values. */
const labSysctls = new Map([
  ['net.ipv4.ip_forward', '1'],
  ['net.ipv6.conf.all.forwarding', '1'],
  ['net.ipv4.conf.all.rp_filter', '0'],
  ['net.ipv4.conf.default.rp_filter', '0'],
  ['net.ipv4.conf.all.send_redirects', '0'],
  ['net.ipv4.conf.default.send_redirects', '0'],
  ['net.ipv4.icmp_ratelimit', '0'],
]);

const source = (name: string, text: string): Source => ({ name, text });

const kinds: Readonly<Record<string, InterfaceKind>> = { bridge: 'bridge', vxlan: 'vxlan' };

export function hostOf(scenario: Scenario): Host {
  const { host, host_text: text } = scenario;
  const parsed = parseInterfaces(source('ip-addr', text.addr)).value;
  const interfaces = parsed.map((device): NetworkInterface => {
    const recorded = host.interfaces.find(({ name }) => name === device.name);
    const kind = kinds[recorded?.type ?? ''] ?? device.kind;
    const master = recorded?.master === undefined ? {} : { master: recorded.master };
    const details = recorded?.args === undefined ? {} : { details: detailsOf(recorded.args) };
    return { ...device, kind, ...master, ...details };
  });
  const sysctls = new Map(labSysctls);
  for (const { name } of interfaces) {
    sysctls.set(`net.ipv4.conf.${name}.rp_filter`, '0');
    sysctls.set(`net.ipv4.conf.${name}.send_redirects`, '0');
  }
  for (const [key, value] of Object.entries(host.sysctls ?? {}))
    sysctls.set(key.replaceAll('|', '.'), String(value));
  return buildHost({
    interfaces,
    routes4: parseRoutes(source('route4', text.route4), 4).value,
    routes6: parseRoutes(source('route6', text.route6 ?? ''), 6).value,
    rules4: parseRules(source('rule4', text.rule4), 4).value,
    neighbours: (host.neigh ?? []).map(neighbourOf),
    ipsets: loadIpsetSave(source('ipset', scenario.ipsets ?? '')).value,
    sysctls,
  }).value;
}

function neighbourOf(entry: { ip: string; mac: string; dev: string }): Neighbour {
  const mac = parseLinkLayerAddress(entry.mac);
  return {
    address: parseAddress(entry.ip) ?? new Uint8Array(4),
    device: entry.dev,
    ...(mac === undefined ? {} : { mac }),
    states: ['PERMANENT'],
    router: false,
    proxy: false,
  };
}

/** What `ip link add … type vxlan` was given. */
function detailsOf(args: string): LinkDetails {
  const words = args.split(/\s+/);
  const after = (word: string) => words[words.indexOf(word) + 1] ?? '';
  const number = (word: string) => (words.includes(word) ? Number(after(word)) : undefined);
  const [id, port, ttl] = [number('id'), number('dstport'), number('ttl')];
  const [local, remote] = [parseAddress(after('local')), parseAddress(after('remote'))];
  return {
    ...(id === undefined ? {} : { id }),
    ...(port === undefined ? {} : { port }),
    ...(ttl === undefined || Number.isNaN(ttl) ? {} : { ttl }),
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
    words,
  };
}
