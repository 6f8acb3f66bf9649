/** Reads `ip -j [-d] addr` and `ip -j [-d] link`. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import {
  hasFlag,
  type JsonObject,
  numberField,
  objectField,
  objectsField,
  readJsonObjects,
  textField,
  textsField,
} from '../host-text/json.ts';
import { addWarning, notUnderstood, quoted } from '../host-text/lines.ts';
import { type InterfaceDraft, newDraft, readInterfaceAddress } from './interface-draft.ts';

export function readInterfacesJson(
  source: Source,
  diagnostics: Diagnostic[],
): readonly InterfaceDraft[] {
  return readJsonObjects(source, diagnostics).flatMap((object) => {
    const name = textField(object, 'ifname');
    const index = numberField(object, 'ifindex');
    if (name === undefined || index === undefined) {
      addWarning(
        diagnostics,
        notUnderstood(spanOf(source), `not an interface: ${quoted(JSON.stringify(object))}`),
      );
      return [];
    }
    const peer = textField(object, 'link') ?? indexedPeer(object);
    const draft = newDraft(index, name, textsField(object, 'flags'), peer);
    readLink(object, draft);
    readKind(objectField(object, 'linkinfo'), draft);
    draft.alternativeNames.push(...textsField(object, 'altnames'));
    for (const entry of objectsField(object, 'addr_info'))
      readAddress(source, entry, draft, diagnostics);
    return [draft];
  });
}

function indexedPeer(object: JsonObject): string | undefined {
  const index = numberField(object, 'link_index');
  return index === undefined ? undefined : `if${index}`;
}

/** JSON fields and the words of the text form. */
const linkNames: readonly (readonly [string, string])[] = [
  ['mtu', 'mtu'],
  ['qdisc', 'qdisc'],
  ['master', 'master'],
  ['operstate', 'state'],
  ['group', 'group'],
  ['link_type', 'link'],
  ['address', 'address'],
  ['broadcast', 'brd'],
  ['permaddr', 'permaddr'],
  ['link_netns', 'link-netns'],
  ['link_netnsid', 'link-netns'],
  ['ifalias', 'alias'],
];

function readLink(object: JsonObject, draft: InterfaceDraft): void {
  for (const [field, word] of linkNames) {
    const text = textField(object, field);
    if (text !== undefined) draft.values.set(word, text);
  }
}

const detailNames: readonly (readonly [string, string])[] = [
  ['id', 'id'],
  ['local', 'local'],
  ['local6', 'local'],
  ['remote', 'remote'],
  ['remote6', 'remote'],
  ['group', 'group'],
  ['group6', 'group'],
  ['link', 'dev'],
  ['port', 'dstport'],
  ['protocol', 'protocol'],
  ['table', 'table'],
];

function readKind(info: JsonObject, draft: InterfaceDraft): void {
  const kind = textField(info, 'info_kind');
  if (kind !== undefined) {
    draft.kindName = kind;
    const details = objectField(info, 'info_data');
    for (const [field, word] of detailNames) {
      const text = textField(details, field);
      if (text !== undefined && text !== 'any') draft.details.set(word, text);
    }
    const ttl = numberField(details, 'ttl');
    if (ttl !== undefined && ttl > 0) draft.details.set('ttl', String(ttl));
    if (kind === 'vxlan') draft.details.set('learning', details.learning === false ? 'off' : 'on');
  }
  if (textField(info, 'info_slave_kind') === 'bridge')
    readBridgePort(objectField(info, 'info_slave_data'), draft);
}

function readBridgePort(data: JsonObject, draft: InterfaceDraft): void {
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'boolean') draft.bridgePort.set(name, value ? 'on' : 'off');
    else if (typeof value === 'string' || typeof value === 'number')
      draft.bridgePort.set(name, String(value));
  }
}

const addressFlags =
  'secondary temporary deprecated tentative dadfailed optimistic nodad home mngtmpaddr noprefixroute autojoin dynamic'.split(
    ' ',
  );

function readAddress(
  source: Source,
  entry: JsonObject,
  draft: InterfaceDraft,
  diagnostics: Diagnostic[],
): void {
  const values = new Map<string, string>();
  const length = textField(entry, 'prefixlen') ?? '';
  const peer = textField(entry, 'address');
  if (peer !== undefined) values.set('peer', `${peer}/${length}`);
  for (const [field, word] of [
    ['broadcast', 'brd'],
    ['scope', 'scope'],
    ['metric', 'metric'],
    ['protocol', 'proto'],
  ] as const) {
    const text = textField(entry, field);
    if (text !== undefined) values.set(word, text);
  }
  const label = textField(entry, 'label');
  const local = textField(entry, 'local') ?? '';
  const address = readInterfaceAddress({
    family: textField(entry, 'family') === 'inet' ? 4 : 6,
    address: peer === undefined ? `${local}/${length}` : local,
    values,
    flags: addressFlags.filter((flag) => hasFlag(entry, flag)),
    ...(label === undefined ? {} : { label }),
  });
  if (address !== undefined) draft.addresses.push(address);
  else
    addWarning(
      diagnostics,
      notUnderstood(spanOf(source), `not an address: ${quoted(JSON.stringify(entry))}`),
    );
}
