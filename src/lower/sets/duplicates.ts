/** Elements that the kernel refuses: keys it has already with other data, objects that are not there. */

import type { ProgramElement } from '../../model/program.ts';
import { compareBytes } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import type { SetBuild } from './set-build.ts';

/** Pairs of concatenated intervals are compared one by one; larger sets are left to the kernel. */
const mostCompared = 256;

export function checkDuplicates(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly ProgramElement[],
): void {
  if (set.kind === 'object-map') checkObjects(context, set, elements);
  if (elements.length < 2) return;
  if (set.concat && set.interval) checkOverlaps(context, set, elements);
  else if (set.kind !== 'set') checkKeys(context, elements);
}

function refuse(context: LoweringContext, { span }: ProgramElement): void {
  if (span === undefined) return;
  fail(
    context,
    'kernel-refused',
    span,
    'another element has this key with other data: file exists',
  );
}

/** Elements of object maps name objects of the table. */
function checkObjects(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly ProgramElement[],
): void {
  const type = (set.objectType ?? 'counter').replace('-', ' ');
  for (const { data, span } of elements) {
    if (data === undefined || data instanceof Uint8Array || !('object' in data)) continue;
    if (span === undefined || context.table.objects.has(`${type} ${data.object}`)) continue;
    fail(context, 'unknown-object', span, `no ${type} '${data.object}' in this table`);
  }
}

function checkKeys(context: LoweringContext, elements: readonly ProgramElement[]): void {
  const seen = new Map<string, ProgramElement>();
  for (const element of elements) {
    const name = element.key === undefined ? '*' : element.key.join(' ');
    const first = seen.get(name);
    if (first === undefined) seen.set(name, element);
    else if (!sameData(first, element)) refuse(context, element);
  }
}

function sameData(first: ProgramElement, second: ProgramElement): boolean {
  const [left, right] = [first.data, second.data];
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return compareBytes(left, right) === 0 && sameEnd(first.dataEnd, second.dataEnd);
  }
  return JSON.stringify(left) === JSON.stringify(right);
}

function sameEnd(first: Uint8Array | undefined, second: Uint8Array | undefined): boolean {
  if (first === undefined || second === undefined) return first === second;
  return compareBytes(first, second) === 0;
}

/** nft_pipapo_insert(): the first or last key of the new element lies in one that is there. */
function checkOverlaps(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly ProgramElement[],
): void {
  if (elements.length > mostCompared) return;
  const lengths = (set.key.parts ?? []).map(({ bits }) => Math.ceil(bits / 32) * 4);
  const kept: ProgramElement[] = [];
  for (const element of elements) {
    const other = kept.find(
      (one) => covers(one, element.key, lengths) || covers(one, element.keyEnd, lengths),
    );
    if (other === undefined) kept.push(element);
    else if (!sameKey(other, element) || !sameData(other, element)) refuse(context, element);
  }
}

function sameKey(first: ProgramElement, second: ProgramElement): boolean {
  return sameEnd(first.key, second.key) && sameEnd(first.keyEnd, second.keyEnd);
}

/** Every field lies between the ends. */
function covers(
  element: ProgramElement,
  key: Uint8Array | undefined,
  lengths: readonly number[],
): boolean {
  const { key: low, keyEnd: high = low } = element;
  if (key === undefined || low === undefined || high === undefined) return false;
  let offset = 0;
  for (const length of lengths) {
    const part = key.subarray(offset, offset + length);
    if (compareBytes(part, low.subarray(offset, offset + length)) < 0) return false;
    if (compareBytes(part, high.subarray(offset, offset + length)) > 0) return false;
    offset += length;
  }
  return true;
}
