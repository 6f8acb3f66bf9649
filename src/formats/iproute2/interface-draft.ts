/** An interface while it is being read, and how text words become its fields; shared by the text and JSON readers. */

import { parseAddress, parseLinkLayerAddress, parsePrefix } from '../../base/address.ts';
import type {
  InterfaceAddress,
  InterfaceKind,
  LinkDetails,
  NetworkInterface,
} from '../../host/network-interface.ts';
import { parseDecimal } from '../host-text/lines.ts';
import { groupNumber, scopeNumber, tableName } from './names.ts';

/** Values by the words of the text form (`mtu`, `master`, `link/`, `brd`, `alias`, …), detail words apart. */
export interface InterfaceDraft {
  readonly index: number;
  readonly name: string;
  readonly peerName?: string;
  readonly flags: readonly string[];
  readonly values: Map<string, string>;
  kindName?: string;
  readonly details: Map<string, string>;
  readonly detailWords: string[];
  readonly bridgePort: Map<string, string>;
  readonly alternativeNames: string[];
  readonly addresses: InterfaceAddress[];
}

export function newDraft(
  index: number,
  name: string,
  flags: readonly string[],
  peerName?: string,
): InterfaceDraft {
  return {
    index,
    name,
    ...(peerName === undefined ? {} : { peerName }),
    flags,
    values: new Map(),
    details: new Map(),
    detailWords: [],
    bridgePort: new Map(),
    alternativeNames: [],
    addresses: [],
  };
}

const kinds: ReadonlySet<string> = new Set<InterfaceKind>([
  'bridge',
  'veth',
  'vxlan',
  'ipip',
  'sit',
  'gre',
  'geneve',
  'wireguard',
  'dummy',
  'vlan',
  'bond',
  'vrf',
  'tun',
  'ifb',
  'macvlan',
  'ipvlan',
  'nlmon',
]);

function isKind(text: string): text is InterfaceKind {
  return kinds.has(text);
}

/** Without `-d` only the link type tells: `ether` may then be a veth or a bridge just as well. */
function kindOf(draft: InterfaceDraft, linkType: string): InterfaceKind {
  const { kindName } = draft;
  if (linkType === 'loopback') return 'loopback';
  if (kindName !== undefined) return isKind(kindName) ? kindName : 'other';
  if (linkType === 'ether' || linkType === 'ipip' || linkType === 'sit' || linkType === 'gre')
    return linkType;
  return 'other';
}

export function finishInterface(draft: InterfaceDraft): NetworkInterface {
  const { values } = draft;
  const linkType = values.get('link') ?? 'ether';
  return {
    index: draft.index,
    name: draft.name,
    kind: kindOf(draft, linkType),
    ...(draft.kindName === undefined ? {} : { kindName: draft.kindName }),
    linkType,
    flags: draft.flags,
    mtu: parseDecimal(values.get('mtu')) ?? (linkType === 'loopback' ? 65536 : 1500),
    ...linkAddresses(values),
    ...copied(values, 'master', 'master'),
    ...(draft.peerName === undefined ? {} : { peerName: draft.peerName }),
    ...copied(values, 'link-netns', 'peerNamespace'),
    group: groupNumber(values.get('group') ?? 'default'),
    state: values.get('state') ?? 'UNKNOWN',
    ...copied(values, 'qdisc', 'queueDiscipline'),
    ...copied(values, 'alias', 'alias'),
    alternativeNames: draft.alternativeNames,
    details: readDetails(draft),
    ...(draft.bridgePort.size === 0 ? {} : { bridgePort: draft.bridgePort }),
    addresses: draft.addresses,
  };
}

function copied<Key extends string>(values: ReadonlyMap<string, string>, word: string, key: Key) {
  const value = values.get(word);
  const result: { [Name in Key]?: string } = {};
  return value === undefined ? result : { ...result, [key]: value };
}

function linkAddresses(values: ReadonlyMap<string, string>) {
  const mac = linkLayerAddress(values.get('address'));
  const linkBroadcast = linkLayerAddress(values.get('brd') ?? values.get('peer'));
  const permanentMac = linkLayerAddress(values.get('permaddr'));
  return {
    ...(mac === undefined ? {} : { mac }),
    ...(linkBroadcast === undefined ? {} : { linkBroadcast }),
    ...(permanentMac === undefined ? {} : { permanentMac }),
  };
}

const ethernetAddress = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** IP tunnels print IP addresses in this place; they are details of the tunnel, not link-layer addresses. */
function linkLayerAddress(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const isAddress = !ethernetAddress.test(text) && parseAddress(text) !== undefined;
  return isAddress ? undefined : parseLinkLayerAddress(text);
}

function readDetails(draft: InterfaceDraft): LinkDetails {
  const { details } = draft;
  const number = (word: string) => parseDecimal(details.get(word));
  const vlan = draft.kindName === 'vlan';
  const table = details.get('table');
  const found: { [Key in keyof LinkDetails]: LinkDetails[Key] | undefined } = {
    id: vlan ? undefined : number('id'),
    vlanId: vlan ? number('id') : undefined,
    vlanProtocol: vlan ? details.get('protocol') : undefined,
    device: details.get('dev'),
    local: parseAddress(details.get('local') ?? ''),
    remote: parseAddress(details.get('remote') ?? ''),
    group: parseAddress(details.get('group') ?? ''),
    port: number('dstport'),
    ttl: number('ttl'),
    learning: details.has('learning') ? details.get('learning') === 'on' : undefined,
    table: table === undefined ? undefined : tableName(table),
    words: draft.detailWords.length === 0 ? undefined : draft.detailWords,
  };
  const result: LinkDetails = {};
  for (const [key, value] of Object.entries(found)) {
    if (value !== undefined) Object.assign(result, { [key]: value });
  }
  return result;
}

/** The words of one `inet` or `inet6` line. */
export interface AddressWords {
  readonly family: 4 | 6;
  /** `address` or `address/length`. */
  readonly address: string;
  readonly values: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  readonly label?: string;
}

export function readInterfaceAddress(words: AddressWords): InterfaceAddress | undefined {
  const own = parsePrefix(words.address);
  const peer = words.values.has('peer') ? parsePrefix(words.values.get('peer') ?? '') : undefined;
  if (own === undefined || own.address.length !== (words.family === 4 ? 4 : 16)) return undefined;
  const broadcast = parseAddress(words.values.get('brd') ?? '');
  const metric = parseDecimal(words.values.get('metric'));
  const protocol = words.values.get('proto');
  return {
    family: words.family,
    address: own.address,
    prefixLength: peer?.prefixLength ?? own.prefixLength,
    ...(peer === undefined ? {} : { peer: peer.address }),
    ...(broadcast === undefined ? {} : { broadcast }),
    scope: scopeNumber(words.values.get('scope') ?? 'global') ?? 0,
    flags: words.flags,
    ...(words.label === undefined ? {} : { label: words.label }),
    ...(metric === undefined ? {} : { metric }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}
