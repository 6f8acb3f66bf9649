/** Rules under the field names of Felix's protobuf, read and written. */

import { isList, isRecord, textOf, textsOf } from './plain-data.ts';
import type { IcmpMatch, PolicyRule, RuleHalf, RuleSide } from './policy-rule.ts';
import type { PortRange } from './rules/match.ts';

type Fields = Readonly<Record<string, unknown>>;

function readPorts(value: unknown): readonly PortRange[] {
  if (!isList(value)) return [];
  return value.filter(isRecord).map(({ first, last }) => ({
    first: Number(first ?? 0),
    last: Number(last ?? 0),
  }));
}

function readSide(rule: Fields, prefix: string): RuleSide {
  return {
    networks: textsOf(rule[`${prefix}_net`]),
    ports: readPorts(rule[`${prefix}_ports`]),
    sets: textsOf(rule[`${prefix}_ip_set_ids`]),
    namedPortSets: textsOf(rule[`${prefix}_named_port_ip_set_ids`]),
    portSets: textsOf(rule[`${prefix}_ip_port_set_ids`]),
  };
}

function readProtocol(value: unknown): string | number | undefined {
  if (!isRecord(value)) return undefined;
  return value.name === undefined ? Number(value.number ?? 0) : textOf(value.name);
}

/** A missing number in a type and code is 0. */
function readIcmp(rule: Fields, prefix: string): IcmpMatch | undefined {
  const pair = rule[`${prefix}icmp_type_code`];
  if (isRecord(pair)) return { type: Number(pair.type ?? 0), code: Number(pair.code ?? 0) };
  const type = rule[`${prefix}icmp_type`];
  return type === undefined || type === null ? undefined : { type: Number(type) };
}

function readHalf(rule: Fields, prefix: '' | 'not_'): RuleHalf {
  const protocol = readProtocol(rule[`${prefix}protocol`]);
  const icmp = readIcmp(rule, prefix);
  return {
    source: readSide(rule, `${prefix}src`),
    destination: readSide(rule, `${prefix}dst`),
    ...(protocol === undefined ? {} : { protocol }),
    ...(icmp === undefined ? {} : { icmp }),
  };
}

function readAction(value: unknown): PolicyRule['action'] {
  const word = textOf(value).toLowerCase();
  switch (word) {
    case 'deny':
    case 'pass':
    case 'next-tier':
    case 'log':
    case 'allow':
      return word;
    default:
      return '';
  }
}

function readVersion(value: unknown): { readonly version?: 4 | 6 } {
  if (value === 'IPV4' || value === 4) return { version: 4 };
  return value === 'IPV6' || value === 6 ? { version: 6 } : {};
}

function readAnnotations(rule: Fields): Readonly<Record<string, string>> {
  const annotations = isRecord(rule.metadata) ? rule.metadata.annotations : undefined;
  if (!isRecord(annotations)) return {};
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, textOf(value)]),
  );
}

export function readRule(rule: Fields): PolicyRule {
  return {
    action: readAction(rule.action),
    ...readVersion(rule.ip_version),
    match: readHalf(rule, ''),
    not: readHalf(rule, 'not_'),
    annotations: readAnnotations(rule),
  };
}

export function readRules(value: unknown): readonly PolicyRule[] {
  return isList(value) ? value.filter(isRecord).map(readRule) : [];
}

/** A protobuf message leaves numbers out that are 0. */
function withoutZeros(message: object): Fields {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== 0));
}

function writeSide(side: RuleSide, prefix: string): readonly (readonly [string, unknown])[] {
  const fields: readonly (readonly [string, readonly unknown[]])[] = [
    [`${prefix}_net`, side.networks],
    [`${prefix}_ports`, side.ports.map(withoutZeros)],
    [`${prefix}_ip_set_ids`, side.sets],
    [`${prefix}_named_port_ip_set_ids`, side.namedPortSets],
    [`${prefix}_ip_port_set_ids`, side.portSets],
  ];
  return fields.filter(([, list]) => list.length > 0);
}

function writeHalf(half: RuleHalf, prefix: '' | 'not_'): Fields {
  const { protocol, icmp } = half;
  const named = typeof protocol === 'string' ? { name: protocol } : { number: protocol };
  const icmpFields =
    icmp?.code === undefined
      ? { [`${prefix}icmp_type`]: icmp?.type }
      : { [`${prefix}icmp_type_code`]: withoutZeros(icmp) };
  return {
    ...(protocol === undefined ? {} : { [`${prefix}protocol`]: named }),
    ...(icmp === undefined ? {} : icmpFields),
    ...Object.fromEntries([
      ...writeSide(half.source, `${prefix}src`),
      ...writeSide(half.destination, `${prefix}dst`),
    ]),
  };
}

/** The rule under Felix's names; what is empty is left out. */
export function writeRule(rule: PolicyRule): Fields {
  const { action, version, match, not, annotations } = rule;
  return {
    ...(action === '' ? {} : { action }),
    ...(version === undefined ? {} : { ip_version: `IPV${version}` }),
    ...writeHalf(match, ''),
    ...writeHalf(not, 'not_'),
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
  };
}
