/** The lines of a tunnel object. */

import type { TunnelOptions } from '../../../ast/nft/ruleset.ts';

export function printTunnelLines(tunnel: TunnelOptions): string[] {
  const family = tunnel.family ?? 'ip';
  const lines = [`id ${tunnel.id ?? 0}`];
  if (tunnel.source !== undefined) lines.push(`${family} saddr ${tunnel.source}`);
  if (tunnel.destination !== undefined) lines.push(`${family} daddr ${tunnel.destination}`);
  if (tunnel.sourcePort) lines.push(`sport ${tunnel.sourcePort}`);
  if (tunnel.destinationPort) lines.push(`dport ${tunnel.destinationPort}`);
  if (tunnel.tos) lines.push(`tos ${tunnel.tos}`);
  if (tunnel.ttl) lines.push(`ttl ${tunnel.ttl}`);
  return [
    ...lines,
    ...printErspan(tunnel.erspan),
    ...printVxlan(tunnel.vxlan),
    ...printGeneve(tunnel.geneve),
  ];
}

function printErspan(erspan: TunnelOptions['erspan']): string[] {
  if (erspan === undefined) return [];
  const options =
    erspan.version === 1
      ? [`index ${erspan.index ?? 0}`]
      : [`direction ${erspan.direction ?? 'ingress'}`, `id ${erspan.hwid ?? 0}`];
  return ['erspan {', `\tversion ${erspan.version}`, ...options.map((line) => `\t${line}`), '}'];
}

function printVxlan(vxlan: TunnelOptions['vxlan']): string[] {
  return vxlan === undefined ? [] : ['vxlan {', `\tgbp ${vxlan.gbp}`, '}'];
}

function printGeneve(options: TunnelOptions['geneve']): string[] {
  if (options === undefined) return [];
  const lines = options.map(
    (option) =>
      `\tclass 0x${option.class.toString(16)} opt-type 0x${option.type.toString(16)} data "${option.data}"`,
  );
  return ['geneve {', ...lines, '}'];
}
