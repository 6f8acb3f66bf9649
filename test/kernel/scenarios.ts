/** Whole scenarios: tables and conversations on a host, as the lab takes them. */

import fc from 'fast-check';
import { bridgeHosts, type LabHost, routedHosts } from './hosts.ts';
import { ipsets } from './ipsets.ts';
import {
  arpTables,
  bridgeTables,
  bridgeTalks,
  frames,
  ingressTables,
  netdevTables,
} from './link.ts';
import { type Conversation, conversations, type LabPacket, packetList } from './packets.ts';
import { word } from './phrase.ts';
import type { Version } from './pools.ts';
import { saves } from './saves.ts';
import { renderTable, type Table, tables } from './tables.ts';
import { trackedTalks, trackingSaves, trackingTables } from './trackers.ts';

export interface LabRuleset {
  readonly kind: string;
  readonly text: string;
}

export interface LabScenario {
  readonly name: string;
  readonly group: string;
  readonly host: LabHost;
  readonly ipsets?: string;
  readonly rulesets: readonly LabRuleset[];
  readonly packets: readonly LabPacket[];
  /** The lab shows ARP of the host. */
  readonly see_arp?: boolean;
}

function nftRuleset(list: readonly Table[]): readonly LabRuleset[] {
  const text = list.map((table, index) => renderTable(`t${index}`, table)).join('');
  return list.length === 0 ? [] : [{ kind: 'nft', text }];
}

/** The lab derives the verdicts of the legacy back end from the text, and knows none for queues. */
function ruleset(kind: string, text: string): LabRuleset {
  if (!kind.includes('legacy')) return { kind, text };
  const known = text.replace(/NFQUEUE --queue-num \d( --queue-bypass)?/g, 'ACCEPT');
  return { kind, text: withoutOwnErrors(known) };
}

/** Traces of the legacy back end bear no number: an error about a local packet that was translated comes back with another source, and is taken for the packet. */
function withoutOwnErrors(text: string): string {
  if (!/^-A (OUTPUT|sub) .*(DNAT|REDIRECT|NETMAP)/m.test(text)) return text;
  return text.replace(/^(-A (?:OUTPUT|sub) .*)-j REJECT --reject-with icmp.*$/gm, '$1-j DROP');
}

/** Rules of xtables by either back end, perhaps with sets of addresses. */
function saveRulesets(version: Version): fc.Arbitrary<Pick<LabScenario, 'ipsets' | 'rulesets'>> {
  const family = version === 4 ? 'iptables' : 'ip6tables';
  const kind = fc.constantFrom(`${family}-save`, `${family}-save`, `${family}-legacy-save`);
  const plain = fc
    .tuple(kind, saves(version))
    .map(([name, text]) => ({ rulesets: [ruleset(name, text)] }));
  const withSets = ipsets(version).chain((sets) =>
    fc
      .tuple(kind, saves(version, sets))
      .map(([name, text]) => ({ ipsets: sets.text, rulesets: [ruleset(name, text)] })),
  );
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: withSets });
}

const noSave: Pick<LabScenario, 'ipsets' | 'rulesets'> = { rulesets: [] };

function talks(versions: readonly Version[]): fc.Arbitrary<readonly Conversation[]> {
  const one = fc.oneof(...versions.map(conversations));
  return fc.array(one, { minLength: 1, maxLength: 5 });
}

/** The template of `ct zone set` is one for all of a processor: what CONNMARK writes to it before conntrack, any scenario may read. */
function apartFromZones(
  nft: readonly LabRuleset[],
  saves: readonly LabRuleset[],
): readonly LabRuleset[] {
  if (!nft.some(({ text }) => text.includes('zone set'))) return [...nft, ...saves];
  const quiet = (text: string) =>
    text.replace(/^\*raw\n[^*]*/m, (raw) => raw.replace(/^-A .*(CONNMARK|-m connmark).*\n/gm, ''));
  return [...nft, ...saves.map(({ kind, text }) => ({ kind, text: quiet(text) }))];
}

function routed(versions: readonly [Version, ...Version[]]): fc.Arbitrary<LabScenario> {
  const save = fc.oneof(...versions.map(saveRulesets));
  return fc
    .record({
      host: routedHosts,
      list: fc.array(tables(versions), { maxLength: 2 }),
      save: fc.oneof({ weight: 2, arbitrary: fc.constant(noSave) }, { weight: 1, arbitrary: save }),
      conversation: talks(versions),
    })
    .map(({ host, list, save: { ipsets: sets, rulesets }, conversation }) => ({
      name: 'generated',
      group: 'property',
      host,
      ...(sets === undefined ? {} : { ipsets: sets }),
      // The lab cannot tell the order of traces of both back ends.
      rulesets: rulesets.some(({ kind }) => kind.includes('legacy'))
        ? rulesets
        : apartFromZones(nftRuleset(list), rulesets),
      packets: packetList(conversation),
    }));
}

/** Beside netdev chains a recording cannot tell a fragment that waits from one that was dropped. */
const wholes = conversations(4).filter(({ opening }) => opening[0]?.frag === undefined);

/** The traces of copies of tagged frames are lost. */
function untagged(
  [ruleset]: readonly LabRuleset[],
  packets: readonly LabPacket[],
): readonly LabPacket[] {
  const { text = '' } = ruleset ?? {};
  if (!text.includes('hook egress') || !/ (dup|fwd) to /.test(text)) return packets;
  return packets.map(({ vlan: _vlan, ...packet }) => packet);
}

/** Netdev and ingress chains before ordinary tables. */
const linked: fc.Arbitrary<LabScenario> = fc
  .record({
    first: fc.oneof(netdevTables, netdevTables, ingressTables),
    list: fc.array(tables([4]), { maxLength: 1 }),
    conversation: fc.array(
      fc.oneof({ weight: 3, arbitrary: wholes }, { weight: 1, arbitrary: frames }),
      { minLength: 1, maxLength: 5 },
    ),
    host: routedHosts,
  })
  .map(({ first, list, conversation, host }) => ({
    name: 'generated',
    group: 'property',
    host,
    rulesets: nftRuleset([first, ...list]),
    packets: untagged(nftRuleset([first]), packetList(conversation)),
  }));

const arp: fc.Arbitrary<LabScenario> = fc
  .record({
    list: fc.array(arpTables, { minLength: 1, maxLength: 2 }),
    conversation: fc.array(frames, { minLength: 1, maxLength: 6 }),
    host: routedHosts,
  })
  .map(({ list, conversation, host }) => ({
    name: 'generated',
    group: 'property',
    host: { ...host, interfaces: host.interfaces.map((device) => ({ ...device, arp: true })) },
    see_arp: true,
    rulesets: nftRuleset(list),
    packets: packetList(conversation),
  }));

/** The host asks the bridge for a neighbour that a rule made up, and a recording takes the question for the packet. */
const askingNobody = (rulesets: readonly LabRuleset[]): readonly LabRuleset[] =>
  rulesets.map(({ kind, text }) => ({
    kind,
    text: text.replace(/(ip daddr|@nh,128,32) set \S+/g, 'counter'),
  }));

const bridge: fc.Arbitrary<LabScenario> = fc
  .record({
    list: fc.array(bridgeTables, { minLength: 1, maxLength: 2 }),
    above: fc.array(tables([4]), { maxLength: 1 }),
    conversation: fc.array(
      fc.oneof({ weight: 4, arbitrary: bridgeTalks }, { weight: 1, arbitrary: conversations(4) }),
      { minLength: 1, maxLength: 5 },
    ),
    host: bridgeHosts,
  })
  .map(({ list, above, conversation, host }) => ({
    name: 'generated',
    group: 'property',
    host,
    rulesets: askingNobody(nftRuleset([...list, ...above])),
    packets: packetList(conversation),
  }));

/** Long conversations, and rules that say what became of the entry. */
const tracked: fc.Arbitrary<LabScenario> = fc
  .record({
    rulesets: fc.oneof(
      { weight: 2, arbitrary: trackingTables.map((table) => nftRuleset([table])) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(word('iptables-save', 'iptables-save', 'iptables-legacy-save'), trackingSaves)
          .map(([kind, text]) => [ruleset(kind, text)]),
      },
    ),
    conversation: fc.array(trackedTalks, { minLength: 1, maxLength: 2 }),
    host: routedHosts,
  })
  .map(({ rulesets, conversation, host }) => ({
    name: 'generated',
    group: 'property',
    host,
    rulesets,
    packets: packetList(conversation),
  }));

/** Kinds of scenarios by name; `--world` names one. */
export const worlds: Readonly<Record<string, fc.Arbitrary<LabScenario>>> = {
  four: routed([4]),
  six: routed([6]),
  both: routed([4, 6]),
  linked,
  arp,
  bridge,
  tracked,
};

/** Shrinks towards fewer tables, chains, rules, statements and packets. */
export const scenarios: fc.Arbitrary<LabScenario> = fc.oneof(
  { weight: 9, arbitrary: routed([4]) },
  { weight: 4, arbitrary: routed([6]) },
  { weight: 3, arbitrary: routed([4, 6]) },
  { weight: 3, arbitrary: linked },
  { weight: 1, arbitrary: arp },
  { weight: 2, arbitrary: bridge },
  { weight: 2, arbitrary: tracked },
);
