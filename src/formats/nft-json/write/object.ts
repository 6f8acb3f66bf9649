/** Named objects as JSON (libnftables: obj_print_json). */

import type { ObjectDeclaration, Table, TunnelOptions } from '../../../ast/nft/ruleset.ts';
import { filled, type Json, type JsonObject, object } from '../json.ts';
import { bytesIn } from './stateful.ts';
import { integerJson } from './value.ts';

export function objectJson(declaration: ObjectDeclaration, table: Table): Json {
  const head = object({
    family: table.family,
    name: declaration.name,
    table: table.name,
    handle: declaration.handle ?? 0,
    comment: declaration.comment,
  });
  return { [declaration.type]: { ...head, ...attributes(declaration, table.family) } };
}

function attributes(declaration: ObjectDeclaration, family: string): JsonObject {
  switch (declaration.type) {
    case 'counter':
      return { packets: integerJson(declaration.packets), bytes: integerJson(declaration.bytes) };
    case 'quota':
      return {
        bytes: integerJson(declaration.bytes),
        used: integerJson(declaration.usedBytes),
        inv: declaration.over,
      };
    case 'limit':
      return limitAttributes(declaration);
    case 'ct helper':
      return {
        type: declaration.helper,
        protocol: declaration.protocol,
        l3proto: declaration.l3proto ?? family,
      };
    case 'ct timeout': {
      const policy = declaration.policy.map(({ state, seconds }) => [state, seconds] as const);
      return {
        protocol: declaration.protocol,
        l3proto: declaration.l3proto ?? family,
        policy: policy.length === 0 ? null : Object.fromEntries(policy),
      };
    }
    case 'ct expectation':
      return {
        protocol: declaration.protocol,
        dport: declaration.dport,
        timeout: declaration.timeout,
        size: declaration.size,
        l3proto: declaration.l3proto ?? family,
      };
    case 'secmark':
      return { context: declaration.context };
    case 'synproxy':
      return object({
        mss: declaration.mss ?? 0,
        wscale: declaration.wscale ?? 0,
        flags: filled(declaration.flags),
      });
    case 'tunnel':
      return tunnelAttributes(declaration.tunnel);
  }
}

function limitAttributes(limit: Extract<ObjectDeclaration, { type: 'limit' }>): JsonObject {
  const inv = limit.over ? true : undefined;
  if (limit.unit === 'packets') {
    const burst = integerJson(limit.burst ?? 5n);
    return object({ rate: integerJson(limit.rate), per: limit.per, inv, burst });
  }
  const rate = bytesIn(limit.rate);
  const burst = limit.burst ? bytesIn(limit.burst) : undefined;
  return object({
    rate: rate.value,
    per: limit.per,
    inv,
    rate_unit: rate.unit,
    burst: burst?.value,
    burst_unit: burst?.unit,
  });
}

function tunnelAttributes(tunnel: TunnelOptions): JsonObject {
  const family = tunnel.family === 'ip6' ? 'ipv6' : 'ipv4';
  return object({
    id: tunnel.id ?? 0,
    [`src-${family}`]: tunnel.source,
    [`dst-${family}`]: tunnel.destination,
    sport: tunnel.sourcePort ?? 0,
    dport: tunnel.destinationPort ?? 0,
    tos: tunnel.tos ?? 0,
    ttl: tunnel.ttl ?? 0,
    ...encapsulation(tunnel),
  });
}

function encapsulation({ erspan, vxlan, geneve }: TunnelOptions): JsonObject {
  if (vxlan !== undefined) return { type: 'vxlan', tunnel: { gbp: vxlan.gbp } };
  if (erspan !== undefined) {
    const { version, index, direction, hwid } = erspan;
    const options =
      version === 1
        ? { version, index: index ?? 0 }
        : { version, dir: direction ?? 'ingress', hwid: hwid ?? 0 };
    return { type: 'erspan', tunnel: options };
  }
  if (geneve === undefined) return {};
  return {
    type: 'geneve',
    tunnel: geneve.map((option) => ({
      class: option.class,
      'opt-type': option.type,
      data: option.data,
    })),
  };
}
