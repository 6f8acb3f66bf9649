/** Named objects as blocks. */

import type { ObjectDeclaration } from '../../../ast/nft/ruleset.ts';
import { formatDuration } from '../../../datatypes/format-time.ts';
import { handleSuffix, type PrintContext } from './context.ts';
import { printBytes, printRate } from './stateful.ts';
import { printTunnelLines } from './tunnel.ts';

export function printObject(
  object: ObjectDeclaration,
  family: string,
  context: PrintContext,
): string {
  const head = `\t${object.type} ${object.name} {${handleSuffix(object.handle, context)}\n`;
  const comment = object.comment === undefined ? '' : `\t\tcomment "${object.comment}"\n`;
  const lines = objectLines(object, family, context).map((line) => `\t\t${line}\n`);
  return `${head}${comment}${lines.join('')}\t}\n`;
}

/** Timeouts that a policy need not name (nft: tcp_dflt_timeout, udp_dflt_timeout), in the kernel's order of states. */
const defaultTimeouts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tcp: {
    syn_sent: 120,
    syn_recv: 60,
    established: 432000,
    fin_wait: 120,
    close_wait: 60,
    last_ack: 30,
    time_wait: 120,
    close: 10,
    syn_sent2: 120,
    retrans: 300,
    unack: 300,
  },
  udp: { unreplied: 30, replied: 120 },
};

function printTimeoutPolicy(
  object: Extract<ObjectDeclaration, { type: 'ct timeout' }>,
  { dialect }: PrintContext,
): string {
  const defaults = defaultTimeouts[object.protocol] ?? {};
  const written = new Map(
    object.policy.map(({ state, seconds }) => [state.toLowerCase(), seconds]),
  );
  const states = Object.entries(defaults).flatMap(([state, seconds]) => {
    const value = written.get(state);
    if (value === undefined || value === seconds) return [];
    return [`${state} : ${dialect === '1.0.6' ? value : formatDuration(value * 1000)}`];
  });
  return `policy = { ${states.join(', ')} }`;
}

function objectLines(object: ObjectDeclaration, family: string, context: PrintContext): string[] {
  switch (object.type) {
    case 'counter':
      return context.stateless ? [] : [`packets ${object.packets} bytes ${object.bytes}`];
    case 'quota': {
      const used =
        context.stateless || object.usedBytes === 0n ? '' : ` used ${printBytes(object.usedBytes)}`;
      return [`${object.over ? 'over ' : ''}${printBytes(object.bytes)}${used}`];
    }
    case 'limit':
      return [printRate(object) + burstSuffix(object.unit, object.burst)];
    case 'ct helper':
      return [
        `type "${object.helper}" protocol ${object.protocol}`,
        `l3proto ${object.l3proto ?? family}`,
      ];
    case 'ct timeout':
      return [
        `protocol ${object.protocol}`,
        `l3proto ${object.l3proto ?? family}`,
        printTimeoutPolicy(object, context),
      ];
    case 'ct expectation':
      return [
        `protocol ${object.protocol}`,
        `dport ${object.dport}`,
        `timeout ${formatDuration(object.timeout)}`,
        `size ${object.size}`,
        `l3proto ${object.l3proto ?? family}`,
      ];
    case 'secmark':
      return [`"${object.context}"`];
    case 'synproxy':
      return synproxyLines(object);
    case 'tunnel':
      return printTunnelLines(object.tunnel);
  }
}

function burstSuffix(unit: 'packets' | 'bytes', burst: bigint | undefined): string {
  if (!burst) return '';
  if (unit === 'bytes') return ` burst ${printBytes(burst)}`;
  return burst === 5n ? '' : ` burst ${burst} packets`;
}

function synproxyLines(object: Extract<ObjectDeclaration, { type: 'synproxy' }>): string[] {
  const lines: string[] = [];
  if (object.mss !== undefined) lines.push(`mss ${object.mss}`);
  if (object.wscale !== undefined) lines.push(`wscale ${object.wscale}`);
  if (object.flags.length > 0) {
    const timestamp = object.flags.includes('timestamp') ? 'timestamp' : '';
    lines.push(`${timestamp} ${object.flags.includes('sack-perm') ? 'sack-perm' : ''}`);
  }
  return lines;
}
