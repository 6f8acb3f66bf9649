/** -j REJECT: answers with an ICMP error or a TCP reset and drops. */

import { extension, isBoundTo } from '../extension.ts';
import { oneWord } from '../value-kinds.ts';
import type { RuleSite } from '../written.ts';

export interface RejectOptions {
  readonly kind: 'REJECT';
  /** The full name of the answer. */
  readonly with: RejectWith;
}

export type RejectWith = Reject4 | Reject6;
export type Reject4 = (typeof answers4)[number]['name'];
export type Reject6 = (typeof answers6)[number]['name'];

/** `code` is the ICMP destination-unreachable code; tcp-reset has none. */
// biome-ignore format: table
export const answers4 = [
  { name: 'icmp-net-unreachable', alias: 'net-unreach', code: 0 },
  { name: 'icmp-host-unreachable', alias: 'host-unreach', code: 1 },
  { name: 'icmp-proto-unreachable', alias: 'proto-unreach', code: 2 },
  { name: 'icmp-port-unreachable', alias: 'port-unreach', code: 3 },
  { name: 'icmp-net-prohibited', alias: 'net-prohib', code: 9 },
  { name: 'icmp-host-prohibited', alias: 'host-prohib', code: 10 },
  { name: 'tcp-reset', alias: 'tcp-rst', code: undefined },
  { name: 'icmp-admin-prohibited', alias: 'admin-prohib', code: 13 },
] as const;

// biome-ignore format: table
export const answers6 = [
  { name: 'icmp6-no-route', alias: 'no-route', code: 0 },
  { name: 'icmp6-adm-prohibited', alias: 'adm-prohibited', code: 1 },
  { name: 'icmp6-addr-unreachable', alias: 'addr-unreach', code: 3 },
  { name: 'icmp6-port-unreachable', alias: 'port-unreach', code: 4 },
  { name: 'tcp-reset', alias: 'tcp-reset', code: undefined },
  { name: 'icmp6-policy-fail', alias: 'policy-fail', code: 5 },
  { name: 'icmp6-reject-route', alias: 'reject-route', code: 6 },
] as const;

/** Names may be shortened. */
function answer<Name extends string>(
  rows: readonly { readonly name: Name; readonly alias: string }[],
) {
  return oneWord((text, site): Name | undefined => {
    const wanted = text.toLowerCase();
    const row = rows.find(({ name, alias }) => name.startsWith(wanted) || alias.startsWith(wanted));
    return (
      row?.name ??
      site.problem(`unknown reject type '${text}'`, rows.map(({ name }) => name).join(', '))
    );
  });
}

export const REJECT4 = extension({
  name: 'REJECT',
  hooks: ['INPUT', 'FORWARD', 'OUTPUT'],
  tables: ['filter'],
  family: 'ip',
  revision: 0,
  refused: refusedReset,
  options: { with: { name: '--reject-with', value: answer<Reject4>(answers4) } },
  read: (values): RejectOptions => ({
    kind: 'REJECT',
    with: values.with?.value ?? 'icmp-port-unreachable',
  }),
  save: (options) => ['--reject-with', options.with],
});

export const REJECT6 = extension({
  name: 'REJECT',
  hooks: ['INPUT', 'FORWARD', 'OUTPUT'],
  tables: ['filter'],
  family: 'ip6',
  revision: 0,
  refused: refusedReset,
  options: { with: { name: '--reject-with', value: answer<Reject6>(answers6) } },
  read: (values): RejectOptions => ({
    kind: 'REJECT',
    with: values.with?.value ?? 'icmp6-port-unreachable',
  }),
  save: (options) => ['--reject-with', options.with],
});

function refusedReset(options: RejectOptions, site: RuleSite): string | undefined {
  return options.with === 'tcp-reset' && !isBoundTo(site, 6)
    ? 'REJECT: tcp-reset works with TCP only: add -p tcp'
    : undefined;
}
