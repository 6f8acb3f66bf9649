/** Which rules switch conntrack, defragmentation and accounting on (nf_ct_netns_get(), nf_defrag_*_enable()). */

import type { Operation } from '../../model/operations.ts';
import type { ProgramChain, ProgramTable, RuleTrait } from '../../model/program.ts';

export interface TrackingNeeds {
  /** In the families of the table, or only in one of an `inet` table: `snat ip6 to` asks for IPv6 alone (nft_nat_init()). */
  readonly track: boolean | 'ip' | 'ip6';
  readonly defragment: boolean;
  /** Packets and bytes of connections are counted (nf_ct_set_acct()). */
  readonly accounting: boolean;
}

const trackingKinds: ReadonlySet<Operation['kind']> = new Set([
  'ct',
  'ct-set',
  'masq',
  'redir',
  'connlimit',
  'synproxy',
  'flow-offload',
]);

const trackingMatches: ReadonlySet<string> = new Set([
  'conntrack',
  'state',
  'connmark',
  'connlabel',
  'connbytes',
  'connlimit',
  'helper',
  'cluster',
]);

const trackingTargets: ReadonlySet<string> = new Set([
  'CONNMARK',
  'CONNSECMARK',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
  'SYNPROXY',
]);

const trackingObjects: ReadonlySet<string> = new Set([
  'ct-helper',
  'ct-timeout',
  'ct-expectation',
  'connlimit',
  'synproxy',
]);

const accountingKeys: ReadonlySet<string> = new Set(['bytes', 'packets', 'pkts', 'avgpkt']);

type Need = keyof TrackingNeeds | 'track ip' | 'track ip6';

const traits: readonly (readonly [Need, RuleTrait])[] = [
  ['track', 'tracking'],
  ['defragment', 'defragmentation'],
  ['accounting', 'accounting'],
];

/**
 * Chains that are read late say by their text what they hold; they are read only where that leaves something open that no
 * other chain has settled.
 */
function addLate(found: Set<Need>, chains: readonly ProgramChain[]): void {
  for (const [need, trait] of traits) {
    const open: ProgramChain[] = [];
    for (const chain of chains) {
      const held = chain.holds?.(trait);
      if (held === 'yes') found.add(need);
      if (found.has(need)) break;
      if (held === 'unknown') open.push(chain);
    }
    for (const { rules } of found.has(need) ? [] : open) {
      for (const rule of rules) addNeeds(found, rule.operations);
    }
  }
}

const known = new WeakMap<ProgramTable, TrackingNeeds>();

export function neededTracking(table: ProgramTable): TrackingNeeds {
  const needs = known.get(table) ?? findNeeds(table);
  known.set(table, needs);
  return needs;
}

function findNeeds(table: ProgramTable): TrackingNeeds {
  const found = new Set<Need>();
  addLate(found, table.chains);
  for (const chain of table.chains) {
    if (chain.holds !== undefined) continue;
    for (const rule of chain.rules) addNeeds(found, rule.once?.() ?? rule.operations);
  }
  for (const set of table.sets) {
    addNeeds(found, set.operations);
    for (const element of set.elements) addNeeds(found, element.operations ?? []);
  }
  if (table.objects.some(({ type }) => trackingObjects.has(type))) found.add('track');
  return {
    track: trackedIn(found),
    defragment: found.has('defragment'),
    accounting: found.has('accounting'),
  };
}

function trackedIn(found: ReadonlySet<Need>): TrackingNeeds['track'] {
  if (found.has('track')) return true;
  if (found.has('track ip')) return found.has('track ip6') || 'ip';
  return found.has('track ip6') ? 'ip6' : false;
}

function addNeeds(found: Set<Need>, operations: readonly Operation[]): void {
  for (const operation of operations) {
    const { kind } = operation;
    if (trackingKinds.has(kind)) found.add('track');
    if (kind === 'nat')
      found.add(operation.family === 'inet' ? 'track' : `track ${operation.family}`);
    if (kind === 'ct' && accountingKeys.has(operation.key)) found.add('accounting');
    else if (kind === 'dynset') addNeeds(found, operation.operations);
    else if (kind === 'socket' || kind === 'tproxy') found.add('defragment');
    else if (kind === 'match') addMatchNeeds(found, operation.match.name);
    else if (kind === 'target') addTargetNeeds(found, operation);
  }
}

function addMatchNeeds(found: Set<Need>, name: string): void {
  if (trackingMatches.has(name)) found.add('track');
  if (name === 'connbytes') found.add('accounting');
  if (name === 'socket') found.add('defragment');
}

function addTargetNeeds(found: Set<Need>, operation: Extract<Operation, { kind: 'target' }>): void {
  const { name } = operation.target;
  if (trackingTargets.has(name)) found.add('track');
  if (name === 'CT' && !isNotrack(operation)) found.add('track');
  if (name === 'TPROXY') found.add('defragment');
}

function isNotrack(operation: Extract<Operation, { kind: 'target' }>): boolean {
  const options: object | undefined = operation.target.options;
  return options !== undefined && 'noTrack' in options && options.noTrack === true;
}
