/** Matches on bits of a header (nft: payload_match_postprocess). */

import { bigIntegerType } from '../datatypes/basic.ts';
import { allOnes } from './bits.ts';
import { killByPayload, storeDependency } from './dependencies.ts';
import type { MatchDraft } from './draft.ts';
import type { Pass } from './layers.ts';
import { completePayload, expandPayload } from './payload.ts';
import { killOuterTunnel } from './postprocess.ts';
import {
  isIcmp,
  isProtocolKey,
  layerOf,
  layerOfHeader,
  learnPayload,
  upperProtocol,
} from './protocol-context.ts';
import {
  type PayloadTree,
  prefixTree,
  setType,
  type Tree,
  type ValueTree,
  valueTree,
} from './tree.ts';

/** Puts the match, or the matches that it was merged of, into the output. */
export function payloadMatch(pass: Pass, draft: MatchDraft, payload: PayloadTree): void {
  const equality = draft.operator === 'eq' || draft.operator === 'neq';
  if (equality && draft.right.kind === 'value') {
    expandMatch(pass, draft, payload, draft.right);
    draft.removed = true;
    return;
  }
  const { protocols, dependencies } = pass.current;
  if (equality && draft.right.kind === 'set') learnIcmpType(pass, payload, draft.right.elements);
  completePayload(payload, protocols);
  setType(draft.right, payload.type, payload.order);
  killByPayload(dependencies, payload, protocols.family);
}

/** The first type of an anonymous set tells which kind of ICMP message follows. */
function learnIcmpType(
  pass: Pass,
  payload: PayloadTree,
  elements: readonly { readonly key: Tree | undefined }[] | undefined,
): void {
  const { protocols } = pass.current;
  const [first] = elements ?? [];
  const key = first?.key;
  if (key?.kind !== 'value' || key.bits !== 8 || payload.bits !== 8) return;
  if (payload.base !== 'transport' || protocols.icmpType !== 0) return;
  const header = protocols.headers[3];
  if (header === undefined || !isIcmp(header)) return;
  const field = header.fields.find(({ offset, bits }) => offset === payload.offset && bits === 8);
  if (field === undefined || !isProtocolKey(header, field)) return;
  payload.header = header;
  payload.field = field;
  protocols.icmpType = Number(key.value);
}

/** The top bits of the constant, as wide as the field; a prefix when the field is wider. */
function pieceFor(part: PayloadTree, value: bigint, rest: number): Tree {
  const piece = (value >> BigInt(rest - part.bits)) & allOnes(part.bits);
  const width = part.field?.bits ?? part.bits;
  const tree: ValueTree = valueTree(piece, part.bits);
  setType(tree, part.type, part.order);
  if (part.bits >= width) return tree;
  tree.value = piece << BigInt(width - part.bits);
  tree.bits = width;
  return prefixTree(tree, part.bits);
}

function expandMatch(
  pass: Pass,
  draft: MatchDraft,
  payload: PayloadTree,
  constant: ValueTree,
): void {
  const { protocols, dependencies } = pass.current;
  const { tunnel } = payload;
  const ofTunnel = tunnel !== undefined && payload.header?.protocol === tunnel.protocol;
  if (ofTunnel) payload.type = bigIntegerType;
  const parts = ofTunnel ? [payload] : expandPayload(payload, protocols);
  let rest = constant.bits;
  let layer: number = layerOf[payload.base];
  for (const part of parts) {
    const right = pieceFor(part, constant.value, rest);
    rest -= part.bits;
    const match: MatchDraft = { kind: 'match', operator: draft.operator, left: part, right };
    match.span = draft.span;
    const learns = draft.operator === 'eq' && part.protocolKey && right.kind === 'value';
    if (learns) learnPayload(protocols, layerOf[part.base], Number(right.value));
    pass.output.push(match);
    if (tunnel !== undefined) {
      part.tunnel = tunnel;
      killOuterTunnel(pass, part);
    }
    if (learns && isStacked(pass, layer, Number(right.value))) layer--;
    killByPayload(dependencies, part, protocols.family);
    setType(right, part.type, 'none');
    if (learns) storeDependency(dependencies, match, layer);
  }
}

/** Does the protocol key announce another header of the same layer (vlan in ether)? */
function isStacked(pass: Pass, layer: number, value: number): boolean {
  const header = pass.current.protocols.headers[layer];
  const next = upperProtocol(header, value);
  return (
    header !== undefined && next !== undefined && layerOfHeader(next) === layerOfHeader(header)
  );
}
