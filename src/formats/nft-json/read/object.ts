/** Named objects from libnftables JSON. */

import type { ObjectDeclaration, TunnelOptions } from '../../../ast/nft/ruleset.ts';
import type { ObjectType } from '../../../ast/nft/statements.ts';
import { isArray, type Json, type JsonObject } from '../json.ts';
import { bigOf, numberOf, objectOf, type ReadContext, stringsOf, textOf } from './context.ts';
import { readLimit } from './stateful.ts';

const objectTypes: readonly ObjectType[] = [
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
  'tunnel',
];

export function objectTypeOf(name: string | undefined): ObjectType | undefined {
  return objectTypes.find((type) => type === name);
}

/** A declaration of the given type; members that are missing have nft's defaults. */
export function readObject(
  type: ObjectType,
  json: JsonObject,
  { span }: ReadContext,
): ObjectDeclaration {
  const comment = textOf(json.comment);
  const handle = numberOf(json.handle);
  const base = {
    kind: 'object',
    name: textOf(json.name) ?? '',
    ...(comment === undefined ? {} : { comment }),
    ...(handle === undefined ? {} : { handle }),
    span,
  } as const;
  const l3 = textOf(json.l3proto);
  const l3proto = l3 === undefined ? {} : { l3proto: l3 };
  const protocol = textOf(json.protocol) ?? 'tcp';
  switch (type) {
    case 'counter':
      return { ...base, type, packets: bigOf(json.packets) ?? 0n, bytes: bigOf(json.bytes) ?? 0n };
    case 'quota':
      return {
        ...base,
        type,
        over: json.inv === true,
        bytes: bigOf(json.bytes) ?? 0n,
        usedBytes: bigOf(json.used) ?? 0n,
      };
    case 'limit':
      return { ...base, type, ...readLimit(json) };
    case 'ct helper':
      return { ...base, type, helper: textOf(json.type) ?? '', protocol, ...l3proto };
    case 'ct timeout':
      return { ...base, type, protocol, ...l3proto, policy: readPolicy(json.policy) };
    case 'ct expectation':
      return {
        ...base,
        type,
        protocol,
        dport: numberOf(json.dport) ?? 0,
        timeout: numberOf(json.timeout) ?? 0,
        size: numberOf(json.size) ?? 0,
        ...l3proto,
      };
    case 'secmark':
      return { ...base, type, context: textOf(json.context) ?? '' };
    case 'synproxy':
      return { ...base, type, ...readSynproxy(json) };
    case 'tunnel':
      return { ...base, type, tunnel: readTunnel(json) };
  }
}

function readPolicy(json: Json | undefined): { state: string; seconds: number }[] {
  return Object.entries(objectOf(json)).map(([state, seconds]) => ({
    state,
    seconds: numberOf(seconds) ?? 0,
  }));
}

/** A listing shows zeros for what is not set. */
function readSynproxy(json: JsonObject) {
  const mss = numberOf(json.mss);
  const wscale = numberOf(json.wscale);
  const words = stringsOf(json.flags);
  return {
    ...(mss ? { mss } : {}),
    ...(wscale ? { wscale } : {}),
    flags: (['timestamp', 'sack-perm'] as const).filter((word) => words.includes(word)),
  };
}

function readTunnel(json: JsonObject): TunnelOptions {
  const ip6 = json['src-ipv6'] !== undefined || json['dst-ipv6'] !== undefined;
  const source = textOf(json['src-ipv4'] ?? json['src-ipv6']);
  const destination = textOf(json['dst-ipv4'] ?? json['dst-ipv6']);
  return {
    id: numberOf(json.id) ?? 0,
    family: ip6 ? 'ip6' : 'ip',
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    sourcePort: numberOf(json.sport) ?? 0,
    destinationPort: numberOf(json.dport) ?? 0,
    tos: numberOf(json.tos) ?? 0,
    ttl: numberOf(json.ttl) ?? 0,
    ...readEncapsulation(json),
  };
}

function readEncapsulation(json: JsonObject): Pick<TunnelOptions, 'vxlan' | 'erspan' | 'geneve'> {
  const options = objectOf(json.tunnel);
  if (json.type === 'vxlan') return { vxlan: { gbp: numberOf(options.gbp) ?? 0 } };
  if (json.type === 'erspan') {
    const version = numberOf(options.version) ?? 1;
    if (version === 1) return { erspan: { version, index: numberOf(options.index) ?? 0 } };
    const direction = options.dir === 'egress' ? 'egress' : 'ingress';
    return { erspan: { version, direction, hwid: numberOf(options.hwid) ?? 0 } };
  }
  if (json.type !== 'geneve' || !isArray(json.tunnel)) return {};
  return {
    geneve: json.tunnel.map((item) => {
      const option = objectOf(item);
      return {
        class: numberOf(option.class) ?? 0,
        type: numberOf(option['opt-type']) ?? 0,
        data: textOf(option.data) ?? '',
      };
    }),
  };
}
