/** Writes to a header: narrow fields are written with the bits around them, which must be told apart again. */

import { allOnes, lowestOne, lowestZero } from './bits.ts';
import type { PayloadWriteDraft } from './draft.ts';
import type { Pass } from './layers.ts';
import { completePayload, forceTrimPayload, isKnown, trimPayload } from './payload.ts';
import { postprocess } from './postprocess.ts';
import { layerOf } from './protocol-context.ts';
import { type BinaryTree, type PayloadTree, setType, type ValueTree } from './tree.ts';

/** nft: stmt_payload_postprocess */
export function processPayloadWrite(pass: Pass, draft: PayloadWriteDraft): void {
  completePayload(draft.payload, pass.current.protocols);
  if (!isKnown(draft.payload) && draft.value.kind === 'binary') {
    separate(pass, draft, draft.value);
  }
  postprocess(pass, draft.payload);
  setType(draft.value, draft.payload.type, draft.payload.order);
  draft.value = postprocess(pass, draft.value);
  pass.output.push(draft);
}

function samePlace(first: PayloadTree, second: PayloadTree): boolean {
  return first.base === second.base && first.offset === second.offset;
}

/** `(payload & mask) | value`, `payload & mask` or `payload | value` as the field under the changed bits and its value. */
function separate(pass: Pass, draft: PayloadWriteDraft, value: BinaryTree): void {
  const { left } = value;
  if (left.kind === 'binary') separateMaskAndValue(pass, draft, value, left);
  else if (left.kind === 'payload' && value.right.kind === 'value') {
    if (samePlace(draft.payload, left)) separateSingle(pass, draft, value, left, value.right);
  }
}

function separateMaskAndValue(
  pass: Pass,
  draft: PayloadWriteDraft,
  or: BinaryTree,
  and: BinaryTree,
): void {
  const value = or.right;
  const payload = and.left;
  const mask = and.right;
  if (or.operator !== '|' || and.operator !== '&' || value.kind !== 'value') return;
  if (payload.kind !== 'payload' || mask.kind !== 'value') return;
  if (!samePlace(draft.payload, payload)) return;
  const kept = mask.value;
  mask.value = allOnes(payload.bits) ^ kept ^ value.value;
  const shift = trimPayload(payload, mask, pass.current.protocols);
  const used = shift ?? (isKnown(payload) ? 0 : forceTrimPayload(payload, mask));
  if (used === undefined) {
    mask.value = kept;
    return;
  }
  value.value >>= BigInt(used);
  if (shift !== undefined) value.bits = payload.bits;
  completePayload(payload, pass.current.protocols);
  draft.payload = payload;
  draft.value = value;
}

function separateSingle(
  pass: Pass,
  draft: PayloadWriteDraft,
  value: BinaryTree,
  payload: PayloadTree,
  mask: ValueTree,
): void {
  if (value.operator === '&') {
    if (trimWithinField(pass, draft, value, payload, mask)) return;
    clearField(pass, draft, payload, mask);
  } else if (value.operator === '|') {
    setAllBits(pass, draft, value, payload, mask);
  } else if (value.operator === '^') {
    trimWithinField(pass, draft, value, payload, mask);
  }
}

/** The field's own bits are all cleared: it is set to zero. */
function clearField(
  pass: Pass,
  draft: PayloadWriteDraft,
  payload: PayloadTree,
  mask: ValueTree,
): void {
  const kept = mask.value;
  mask.value = allOnes(payload.bits) ^ kept;
  const shift = trimPayload(payload, mask, pass.current.protocols);
  if (shift !== undefined) {
    mask.bits = payload.bits;
    completePayload(payload, pass.current.protocols);
  }
  if (!isKnown(payload) && forceTrimPayload(payload, mask) === undefined) {
    mask.value = kept;
    return;
  }
  mask.value = 0n;
  draft.payload = payload;
  draft.value = mask;
}

/** All bits of the field are set. */
function setAllBits(
  pass: Pass,
  draft: PayloadWriteDraft,
  value: BinaryTree,
  payload: PayloadTree,
  mask: ValueTree,
): void {
  const { protocols } = pass.current;
  const shift = trimPayload(payload, mask, protocols);
  if (shift !== undefined) {
    mask.value >>= BigInt(shift);
    mask.bits = payload.bits;
    completePayload(payload, protocols);
  }
  if (trimWithinField(pass, draft, value, payload, mask) || !isKnown(payload)) return;
  draft.payload = payload;
  draft.value = mask;
}

/**
 * The changed bits lie inside one field of a 16-bit word: `ip dscp set ip dscp & 0x1f` (nft: stmt_payload_expr_trim).
 * Returns whether the statement was rewritten.
 */
function trimWithinField(
  pass: Pass,
  draft: PayloadWriteDraft,
  value: BinaryTree,
  payload: PayloadTree,
  mask: ValueTree,
): boolean {
  const header = pass.current.protocols.headers[layerOf[payload.base]];
  if (isKnown(payload) || header === undefined || payload.bits % 16 !== 0) return false;
  const clears = value.operator === '&';
  const edge = clears ? lowestZero(mask.value) : lowestOne(mask.value);
  if (edge < 0 || edge >= payload.bits) return false;
  const offset = payload.offset + payload.bits - edge;
  const field = header.fields.find((row) => row.offset + row.bits >= offset);
  if (field === undefined) return false;
  const shift = 16 - ((field.offset % 16) + field.bits);
  if (shift < 0) return false;
  const fieldMask = allOnes(field.bits) << BigInt(shift);
  const outside = allOnes(payload.bits) ^ fieldMask;
  if (clears ? (mask.value & outside) !== outside : (mask.value & outside) !== 0n) return false;
  mask.value = (mask.value & fieldMask) >> BigInt(shift);
  mask.bits = field.bits;
  payload.offset = field.offset;
  payload.bits = field.bits;
  value.bits = field.bits;
  draft.payload = { ...payload };
  if (clears && mask.value === 0n) draft.value = mask;
  return true;
}
