/** Reads `ip addr`, `ip link` and their `-d`, `-o`, `-s` and `-j` forms. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { looksLikeJson } from '../host-text/json.ts';
import {
  addWarning,
  addWarnings,
  type Line,
  lineSpan,
  linesOf,
  notUnderstood,
  quoted,
  type Word,
  wordSpan,
  wordsOf,
} from '../host-text/lines.ts';
import {
  finishInterface,
  type InterfaceDraft,
  newDraft,
  readInterfaceAddress,
} from './interface-draft.ts';
import { readInterfacesJson } from './interfaces-json.ts';

/** The interfaces in their order; what is not understood is a warning. */
export function parseInterfaces(source: Source): Result<readonly NetworkInterface[]> {
  const diagnostics: Diagnostic[] = [];
  const drafts = looksLikeJson(source)
    ? readInterfacesJson(source, diagnostics)
    : readText(source, diagnostics);
  return { value: drafts.map(finishInterface), diagnostics };
}

const header = /^\s*(\d+):\s+([^\s:@]+)(?:@([^\s:]+))?:\s+<([^>]*)>(.*)$/;
/** `ip -o addr` repeats index and name before each address. */
const oneLineAddress = /^\s*(\d+):\s+([^\s:@]+)(?:@\S+)?\s+(inet6?\s.*)$/;

function readText(source: Source, diagnostics: Diagnostic[]): readonly InterfaceDraft[] {
  const drafts = new Map<string, InterfaceDraft>();
  let current: InterfaceDraft | undefined;
  for (const line of linesOf(source, true)) {
    const problems: Diagnostic[] = [];
    const started = startInterface(source, line, drafts, problems);
    if (started !== undefined) current = started;
    const understood =
      started !== undefined ||
      (current !== undefined && readDetailLine(source, line, current, problems));
    if (!understood)
      addWarning(
        problems,
        notUnderstood(
          lineSpan(source, line),
          `not part of an interface: ${quoted(line.text.trim())}`,
        ),
      );
    addWarnings(diagnostics, problems);
  }
  return [...drafts.values()];
}

function startInterface(
  source: Source,
  line: Line,
  drafts: Map<string, InterfaceDraft>,
  problems: Diagnostic[],
): InterfaceDraft | undefined {
  const [, index, name, peer, flags, rest] = header.exec(line.text) ?? [];
  if (index !== undefined && name !== undefined && flags !== undefined && rest !== undefined) {
    const draft = newDraft(
      Number(index),
      name,
      flags.split(',').filter((flag) => flag !== ''),
      peer,
    );
    drafts.set(name, draft);
    const start = line.start + line.text.length - rest.length;
    readPairs(source, wordsOf({ text: rest, start }), headerWords, draft.values, problems);
    return draft;
  }
  const [, addressIndex, addressName, inet] = oneLineAddress.exec(line.text) ?? [];
  if (addressIndex === undefined || addressName === undefined || inet === undefined)
    return undefined;
  const draft = drafts.get(addressName) ?? assumedDraft(Number(addressIndex), addressName);
  drafts.set(addressName, draft);
  const tail = { text: inet, start: line.start + line.text.length - inet.length };
  if (!readAddressLine(source, wordsOf(tail), draft, problems)) {
    addWarning(problems, notUnderstood(lineSpan(source, tail), `not an address: ${quoted(inet)}`));
  }
  return draft;
}

/** `ip -o addr` prints no flags: an interface with addresses is taken as up. */
function assumedDraft(index: number, name: string): InterfaceDraft {
  const draft = newDraft(
    index,
    name,
    name === 'lo' ? ['LOOPBACK', 'UP', 'LOWER_UP'] : ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  );
  draft.values.set('link', name === 'lo' ? 'loopback' : 'ether');
  return draft;
}

const headerWords: ReadonlySet<string> = new Set(
  'mtu qdisc master state mode group qlen vrf dsa'.split(' '),
);

/** Reads `word value` pairs; words without a value are warned about. */
function readPairs(
  source: Source,
  words: readonly Word[],
  known: ReadonlySet<string>,
  values: Map<string, string>,
  problems: Diagnostic[],
): void {
  for (let position = 0; position < words.length; position++) {
    const word = words[position];
    if (word === undefined) break;
    if (known.has(word.text)) values.set(word.text, words[++position]?.text ?? '');
    else
      addWarning(
        problems,
        notUnderstood(wordSpan(source, word), `unknown word ${quoted(word.text)} of an interface`),
      );
  }
}

/** Counters of `-s`, traffic-control programs and virtual functions tell nothing about packets here. */
const ignoredLine =
  /^\s*(RX|TX|rx|tx|valid_lft|prog\/|vf |VF|MDB|offload_xstats|[\d.]+[kKMGT]?\s|[\d.]+$|\S*\bvalid_lft)/;

function readDetailLine(
  source: Source,
  line: Line,
  draft: InterfaceDraft,
  problems: Diagnostic[],
): boolean {
  if (!/^\s/.test(line.text)) return false;
  const words = wordsOf(line);
  const first = words[0]?.text ?? '';
  if (first.startsWith('link/')) return readLinkLine(words, draft);
  if (first === 'inet' || first === 'inet6') return readAddressLine(source, words, draft, problems);
  if (first === 'alias') return setText(draft.values, 'alias', line.text.replace(/^\s*alias /, ''));
  if (first === 'altname') {
    draft.alternativeNames.push(words[1]?.text ?? '');
    return true;
  }
  if (ignoredLine.test(line.text)) return true;
  return readKindLine(words, draft);
}

function setText(values: Map<string, string>, key: string, value: string): boolean {
  values.set(key, value);
  return true;
}

const linkWords: ReadonlySet<string> = new Set([
  'brd',
  'peer',
  'link-netns',
  'link-netnsid',
  'permaddr',
  'new-netns',
]);

/** `link/ether MAC brd MAC`, then the numbers of `-d`, none of which decides about a packet. */
function readLinkLine(words: readonly Word[], draft: InterfaceDraft): boolean {
  const texts = words.map((word) => word.text);
  draft.values.set('link', (texts[0] ?? '').slice('link/'.length));
  const hasAddress =
    texts[1] !== undefined && !linkWords.has(texts[1]) && texts[1] !== 'promiscuity';
  if (hasAddress) draft.values.set('address', texts[1] ?? '');
  for (let position = hasAddress ? 2 : 1; position < texts.length; position++) {
    const word = texts[position] ?? '';
    if (linkWords.has(word))
      draft.values.set(word === 'link-netnsid' ? 'link-netns' : word, texts[++position] ?? '');
    else if (word === 'bridge_slave') readBridgePort(texts.slice(position + 1), draft);
  }
  return true;
}

const addressWords: ReadonlySet<string> = new Set([
  'peer',
  'brd',
  'any',
  'scope',
  'metric',
  'proto',
  'flags',
]);
const addressFlags: ReadonlySet<string> = new Set(
  (
    'secondary temporary deprecated tentative dadfailed optimistic nodad home mngtmpaddr noprefixroute autojoin ' +
    'dynamic permanent stable-privacy stable_privacy mcautojoin'
  ).split(' '),
);

function readAddressLine(
  source: Source,
  words: readonly Word[],
  draft: InterfaceDraft,
  problems: Diagnostic[],
): boolean {
  const values = new Map<string, string>();
  const flags: string[] = [];
  let label: string | undefined;
  const end = words.findIndex((word) => word.text === 'valid_lft');
  const own = end < 0 ? words : words.slice(0, end);
  const family = own[0]?.text === 'inet' ? 4 : 6;
  for (let position = 2; position < own.length; position++) {
    const word = own[position];
    if (word === undefined) break;
    if (addressWords.has(word.text)) values.set(word.text, own[++position]?.text ?? '');
    else if (addressFlags.has(word.text)) flags.push(word.text);
    else if (family === 4 && position === own.length - 1) label = word.text;
    else
      addWarning(
        problems,
        notUnderstood(wordSpan(source, word), `unknown word ${quoted(word.text)} of an address`),
      );
  }
  const labelled = label === undefined ? {} : { label };
  const address = readInterfaceAddress({
    family,
    address: own[1]?.text ?? '',
    values,
    flags,
    ...labelled,
  });
  if (address === undefined) return false;
  draft.addresses.push(address);
  return true;
}

/** Link kinds whose line may carry no further word. */
const kindName = /^[a-z][a-z0-9_-]*$/;
const endOfDetails = /^(addrgenmode|numtxqueues|promiscuity|gso_max_size)$/;

/** The line that `-d` adds: the kind and its properties, or `bridge_slave` and those of the port. */
function readKindLine(words: readonly Word[], draft: InterfaceDraft): boolean {
  const texts = words.map((word) => word.text);
  const [kind = ''] = texts;
  const isDetail =
    kindName.test(kind) && (texts.some((text) => endOfDetails.test(text)) || plainKinds.has(kind));
  if (!isDetail) return false;
  if (kind === 'bridge_slave') readBridgePort(texts.slice(1), draft);
  else if (!/_slave$/.test(kind) && !endOfDetails.test(kind)) readKind(kind, texts.slice(1), draft);
  return true;
}

const plainKinds: ReadonlySet<string> = new Set(
  (
    'bridge veth vxlan ipip sit gre gretap ip6tnl ip6gre ip6gretap geneve wireguard dummy vlan bond vrf vrf_slave bond_slave ' +
    'bridge_slave team team_slave tun ifb macvlan macvtap ipvlan ipvtap nlmon vcan can vti vti6 xfrm ipoib hsr bareudp ' +
    'openvswitch openvswitch_slave netkit erspan ip6erspan macsec gtp rmnet virt_wifi netdevsim lowpan amt'
  ).split(' '),
);

const detailValues: ReadonlySet<string> = new Set([
  'id',
  'local',
  'remote',
  'dev',
  'group',
  'dstport',
  'ttl',
  'protocol',
  'table',
]);

function readKind(kind: string, texts: readonly string[], draft: InterfaceDraft): void {
  draft.kindName = kind;
  const slave = texts.indexOf('bridge_slave');
  const own = slave < 0 ? texts : texts.slice(0, slave);
  if (slave >= 0) readBridgePort(texts.slice(slave + 1), draft);
  if (kind === 'vxlan') draft.details.set('learning', own.includes('nolearning') ? 'off' : 'on');
  for (let position = 0; position < own.length; position++) {
    const word = own[position] ?? '';
    if (endOfDetails.test(word)) break;
    if (word === 'ttl' && own[position + 1] === 'inherit') draft.detailWords.push(word);
    else if (detailValues.has(word)) draft.details.set(word, own[++position] ?? '');
    else draft.detailWords.push(word);
  }
}

function readBridgePort(texts: readonly string[], draft: InterfaceDraft): void {
  for (let position = 0; position + 1 < texts.length; position += 2) {
    const word = texts[position] ?? '';
    if (endOfDetails.test(word)) break;
    draft.bridgePort.set(word, texts[position + 1] ?? '');
  }
}
