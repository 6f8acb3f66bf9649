/** From a recorded scenario to a compiled program: host facts from the printed texts, rulesets through the loaders. */

import { parseAddress, parseLinkLayerAddress } from '../../../src/base/address.ts';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import type { Source } from '../../../src/base/span.ts';
import { debianEnvironment } from '../../../src/datatypes/environment.ts';
import { parseNameTable } from '../../../src/datatypes/names/name-table.ts';
import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../../../src/formats/iproute2/parse-routes.ts';
import { parseRules } from '../../../src/formats/iproute2/parse-rules.ts';
import { loadIpsetSave } from '../../../src/formats/ipset/load-ipset-save.ts';
import { loadIptablesSave } from '../../../src/formats/iptables-save/load.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { buildHost } from '../../../src/host/build-host.ts';
import type { Host } from '../../../src/host/host.ts';
import type { Neighbour } from '../../../src/host/neighbour.ts';
import type { InterfaceKind, NetworkInterface } from '../../../src/host/network-interface.ts';
import { lowerIptables } from '../../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../../src/lower/lower.ts';
import type { Program } from '../../../src/model/program.ts';
import { type CompiledProgram, compileProgram } from '../../../src/simulate/compile.ts';
import { mergePrograms } from '../../../src/simulate/merge-programs.ts';
import type { Scenario } from './scenario.ts';

/** What the lab sets before the scenario's own values. */
const labSysctls = new Map([
  ['net.ipv4.ip_forward', '1'],
  ['net.ipv6.conf.all.forwarding', '1'],
  ['net.ipv4.conf.all.rp_filter', '0'],
  ['net.ipv4.conf.default.rp_filter', '0'],
  ['net.ipv4.conf.all.send_redirects', '0'],
  ['net.ipv4.conf.default.send_redirects', '0'],
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
    return { ...device, kind, ...master };
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

export interface LoadedRuleset {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export function loadRuleset(kind: string, text: string, host: Host): LoadedRuleset {
  const input = source(kind, text);
  if (kind === 'nft') {
    const table = host.interfaces.map(({ name, index }) => `${index} ${name}`).join('\n');
    const interfaces = parseNameTable(table);
    const environment = { ...debianEnvironment, interfaces };
    const loaded = loadNft(input, { environment });
    const lowered = lower(loaded.value, { environment });
    return {
      program: lowered.value,
      diagnostics: [...loaded.diagnostics, ...lowered.diagnostics],
    };
  }
  const family = kind.startsWith('ip6') ? 'ip6' : 'ip';
  const loader = kind.includes('legacy') ? 'iptables-legacy' : 'iptables-nft';
  const loaded = loadIptablesSave(input, { family });
  const lowered = lowerIptables(loaded.value, { loader });
  return { program: lowered.value, diagnostics: [...loaded.diagnostics, ...lowered.diagnostics] };
}

export interface LoadedScenario {
  readonly compiled: CompiledProgram;
  readonly errors: readonly string[];
}

export function loadScenario(scenario: Scenario): LoadedScenario {
  const host = hostOf(scenario);
  const loaded = scenario.rulesets.map(({ kind, text }) => loadRuleset(kind, text, host));
  const errors = loaded.flatMap(({ diagnostics }) =>
    diagnostics.map(({ code, message, span }) => {
      const line = span.source.text.slice(0, span.start).split('\n').length;
      return `${code} line ${line}: ${message}`;
    }),
  );
  const program = mergePrograms(loaded.map(({ program: each }) => each));
  return { compiled: compileProgram(program, { host }), errors };
}
