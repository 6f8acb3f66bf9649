/** Table calico of nftables mode as plain data, and the nft commands that make it. */

import type { FelixIpSet, FelixModel } from './model.ts';
import { ipSetName, nftSetName } from './names.ts';
import { layeredName, type NftContext } from './render/nftables-text.ts';
import { appendedSeedSuffix, type NftRuleLine, nftLines } from './render/rendered.ts';
import type { Criterion, IpVersion } from './rules/match.ts';
import type { ChainOrigin, GeneratedRule } from './rules/rule.ts';
import type { GeneratedTable, TableName } from './tables.ts';

export interface NftBaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: string;
  readonly priority: number;
}

export interface NftChain {
  readonly name: string;
  readonly base?: NftBaseChain;
  readonly rules: readonly NftRuleLine[];
  readonly origin?: ChainOrigin;
}

export interface NftSet {
  readonly name: string;
  readonly type: string;
  readonly interval: boolean;
  readonly elements: readonly string[];
}

export interface NftMap {
  readonly name: string;
  readonly elements: readonly { readonly key: string; readonly value: string }[];
}

export interface NftTable {
  readonly family: 'ip' | 'ip6';
  readonly name: 'calico';
  readonly chains: readonly NftChain[];
  /** Sets that rules refer to. */
  readonly sets: readonly NftSet[];
  readonly maps: readonly NftMap[];
}

const filter = (hook: string, priority: number): NftBaseChain => ({
  type: 'filter',
  hook,
  priority,
});
const nat = (hook: string, priority: number): NftBaseChain => ({ type: 'nat', hook, priority });

// Around kube-proxy's own: its filter chains are at -110, its postrouting at 100.
const baseChains: Readonly<Record<TableName, Readonly<Record<string, NftBaseChain>>>> = {
  raw: { PREROUTING: filter('prerouting', -300), OUTPUT: filter('output', -300) },
  mangle: {
    PREROUTING: filter('prerouting', -150),
    INPUT: filter('input', -150),
    FORWARD: filter('forward', -150),
    OUTPUT: { type: 'route', hook: 'output', priority: -150 },
    POSTROUTING: filter('postrouting', -150),
  },
  nat: {
    PREROUTING: nat('prerouting', -100),
    INPUT: nat('input', -100),
    OUTPUT: nat('output', 110),
    POSTROUTING: nat('postrouting', 110),
  },
  filter: {
    INPUT: filter('input', 0),
    FORWARD: filter('forward', 0),
    OUTPUT: filter('output', 0),
  },
};

function byName<Named extends { readonly name: string }>(
  items: readonly Named[],
): readonly Named[] {
  return [...items].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function tableChains(table: GeneratedTable, version: IpVersion): readonly NftChain[] {
  const layer = table.name;
  const context: NftContext = { version, layer };
  const bases = Object.entries(baseChains[layer]).map(([name, base]): NftChain => {
    const kernelChain = table.kernelChains.find((chain) => chain.name === name);
    const seed = layeredName(name, layer);
    const appendedSeed = `${seed}${appendedSeedSuffix}`;
    const rules = [
      ...nftLines(seed, kernelChain?.inserted ?? [], context),
      ...nftLines(appendedSeed, kernelChain?.appended ?? [], context),
    ];
    return { name: seed, base, rules };
  });
  const own = [...table.chains.values()].map((chain): NftChain => {
    const name = layeredName(chain.name, layer);
    return { name, rules: nftLines(name, chain.rules, context), origin: chain.origin };
  });
  return [...bases, ...own];
}

type SetKind = FelixIpSet['kind'];

function setKind(id: string, criterion: Criterion): SetKind {
  if (criterion.kind === 'port-set') return 'address-port';
  return id.endsWith('this-host') ? 'address' : 'net';
}

/** Names of sets in the rules, with the kind that their use tells. */
export function referencedSets(tables: readonly GeneratedTable[]): ReadonlyMap<string, SetKind> {
  const found = new Map<string, SetKind>();
  const visit = ({ match }: GeneratedRule): void => {
    for (const criterion of match) {
      if (criterion.kind === 'set' || criterion.kind === 'port-set') {
        found.set(criterion.set, setKind(criterion.set, criterion));
      }
    }
  };
  for (const table of tables) {
    for (const chain of table.chains.values()) chain.rules.forEach(visit);
  }
  return found;
}

function setType(kind: SetKind, version: IpVersion): string {
  const address = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  return kind === 'address-port' ? `${address} . inet_proto . inet_service` : address;
}

/** `10.0.0.1,tcp:80` as ipset has it, to `10.0.0.1 . tcp . 80`. */
function nftElement(member: string, kind: SetKind): string {
  if (kind !== 'address-port') return member;
  const [address = '', rest = ''] = member.split(',');
  return [address, ...rest.split(':')].join(' . ');
}

function sets(tables: readonly GeneratedTable[], model: FelixModel): readonly NftSet[] {
  const members = new Map(
    model.ipSets.map(({ id, members: list }) => [ipSetName(id, model.version), list ?? []]),
  );
  return [...referencedSets(tables)].map(([name, kind]) => ({
    name: nftSetName(name),
    type: setType(kind, model.version),
    interval: kind === 'net',
    elements: (members.get(name) ?? []).map((member) => nftElement(member, kind)),
  }));
}

export function nftTable(tables: readonly GeneratedTable[], model: FelixModel): NftTable {
  const maps = tables.flatMap(({ name: layer, maps: own }) =>
    own.map(({ name, elements }) => ({
      name: layeredName(name, layer),
      elements: elements.map((element) => ({
        key: element.interface,
        value: `goto ${layeredName(element.target, layer)}`,
      })),
    })),
  );
  return {
    family: model.version === 4 ? 'ip' : 'ip6',
    name: 'calico',
    chains: byName(tables.flatMap((table) => tableChains(table, model.version))),
    sets: byName(sets(tables, model)),
    maps: byName(maps),
  };
}

export interface NftCommandOptions {
  /** Also write the members of the sets. */
  readonly setElements: boolean;
}

function chainCommand(table: string, { name, base }: NftChain): string {
  if (base === undefined) return `add chain ${table} ${name}`;
  const { type, hook, priority } = base;
  return `add chain ${table} ${name} { type ${type} hook ${hook} priority ${priority} ; }`;
}

function setCommand(table: string, { name, type, interval }: NftSet): string {
  return `add set ${table} ${name} { type ${type} ; ${interval ? 'flags interval ; ' : ''}}`;
}

/** The commands in nft's language: table, chains, sets, maps, rules, elements. */
export function nftCommands(
  { family, name, chains, sets: allSets, maps }: NftTable,
  options: NftCommandOptions = { setElements: false },
): readonly string[] {
  const table = `${family} ${name}`;
  return [
    `add table ${table}`,
    ...chains.map((chain) => chainCommand(table, chain)),
    ...allSets.map((set) => setCommand(table, set)),
    ...maps.map((map) => `add map ${table} ${map.name} { type ifname : verdict ; }`),
    ...chains.flatMap((chain) =>
      chain.rules.map(
        ({ rule, comment }) => `add rule ${table} ${chain.name} ${rule} comment "${comment}"`,
      ),
    ),
    ...(options.setElements
      ? allSets.flatMap((set) =>
          set.elements.map((element) => `add element ${table} ${set.name} { ${element} }`),
        )
      : []),
    ...maps.flatMap((map) =>
      map.elements.map(
        ({ key, value }) => `add element ${table} ${map.name} { ${key} : ${value} }`,
      ),
    ),
  ];
}
