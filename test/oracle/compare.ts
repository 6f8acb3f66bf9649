/** Says where nft and this project disagree about one script, as a class that like disagreements share. */

import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { jsonEntries } from '../support/json-entries.ts';
import type { Answer } from './nft-library.ts';
import type { Ours } from './ours.ts';

export interface Disagreement {
  readonly kind: 'exception' | 'accepted' | 'refused' | 'position' | 'list' | 'json' | 'bytecode';
  /** What the disagreements of one cause have in common. */
  readonly cause: string;
  readonly detail: string;
}

/** The errors of nft's report, as columns from 1, the end inclusive. */
interface Place {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export function placesOf(error: string): Place[] {
  return [...error.matchAll(/^[^\n]*?:(\d+):(\d+)-(\d+): Error: ([^\n]*)/gm)].map(
    ([, line, start, end, message = '']) => ({
      line: Number(line),
      start: Number(start),
      end: Math.max(Number(start), Number(end)),
      message,
    }),
  );
}

function placeOf({ span, message }: Diagnostic): Place {
  const { text } = span.source;
  const before = text.slice(0, span.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const start = Buffer.byteLength(before.slice(lineStart)) + 1;
  const length = Buffer.byteLength(text.slice(span.start, span.end));
  return { line: before.split('\n').length, start, end: start + Math.max(length, 1) - 1, message };
}

/** Whether it is the kernel of this machine that has no module for it; the same statement is accepted elsewhere. */
function kernelLacks(answer: Answer, text: string): boolean {
  const [place] = placesOf(answer.error);
  if (place === undefined || !/^(Could not process rule|No such file)/.test(place.message))
    return false;
  // Connections of bridges: nf_conntrack_bridge.
  if (place.message.includes('Protocol error')) return /\bbridge\b/.test(text);
  const line = text.split('\n')[place.line - 1] ?? '';
  const blamed = line.slice(place.start - 1, place.end);
  if (place.message.includes('No such file or directory')) {
    if (/^\s*(secmark|tunnel|ct helper|ct timeout|flowtable) /.test(line)) return true;
    return /queue|flow|reject|flowtable|helper|tproxy|"(?:rtsp)"/.test(blamed);
  }
  return place.message.includes('not supported') && /dccp option|ibr|obr|broute/.test(text);
}

export function compare(
  answer: Answer | undefined,
  ours: Ours,
  text: string,
): Disagreement | undefined {
  if (ours.exception !== undefined)
    return {
      kind: 'exception',
      cause: ours.exception.split('\n').slice(0, 2).join(' '),
      detail: ours.exception,
    };
  if (answer === undefined || answer.setupError !== '') return undefined;
  const refused = ours.errors.length > 0;
  if (answer.status !== 0) {
    if (refused && comparePlaces(answer, ours) === undefined) return undefined;
    if (kernelLacks(answer, text)) return compareBytecode(answer, ours, text);
    return refused ? comparePlaces(answer, ours) : missedRefusal(answer);
  }
  if (refused) {
    const [error] = ours.errors;
    return {
      kind: 'refused',
      cause: generic(error?.message ?? ''),
      detail: ours.errors.map(({ message }) => message).join('; '),
    };
  }
  return (
    compareBytecode(answer, ours, text) ?? compareList(answer, ours) ?? compareJson(answer, ours)
  );
}

/** Messages without the names in them. */
function generic(message: string): string {
  return message
    .replace(/'[^']*'|‘[^’]*’|"[^"]*"/g, '…')
    .replace(/\d+/g, 'N')
    .slice(0, 90);
}

function missedRefusal(answer: Answer): Disagreement {
  const [place] = placesOf(answer.error);
  return {
    kind: 'accepted',
    cause: generic(place?.message ?? answer.error.slice(0, 80)),
    detail: answer.error,
  };
}

function comparePlaces(answer: Answer, ours: Ours): Disagreement | undefined {
  const expected = placesOf(answer.error);
  const [error] = ours.errors;
  if (error === undefined || expected.length === 0) return undefined;
  const here = placeOf(error);
  const hit = expected.some(
    (place) => place.line === here.line && here.start <= place.end && place.start <= here.end,
  );
  if (hit) return undefined;
  return {
    kind: 'position',
    cause: `${generic(expected[0]?.message ?? '')} / ${generic(here.message)}`,
    detail: `${answer.error}\nhere ${here.line}:${here.start}-${here.end} ${here.message}`,
  };
}

/** Without what nft fetched from the kernel. */
function ownBytecode(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/ backend 0x/.test(line) && !/ use \d+( type |$)/.test(line))
    .join('\n')
    .trimEnd();
}

function compareBytecode(answer: Answer, ours: Ours, text: string): Disagreement | undefined {
  if (ours.errors.length > 0) {
    if (answer.status === 0) return undefined;
    return {
      kind: 'refused',
      cause: `kernel lacks: ${generic(ours.errors[0]?.message ?? '')}`,
      detail: answer.error,
    };
  }
  const expected = ownBytecode(answer.bytecode);
  const found = ours.bytecode.filter((each) => each !== '').join('\n');
  const last = ours.bytecode.at(-1) ?? '';
  // Of scripts the listing says enough: sets and objects of several tables stand between the rules.
  if (ours.bytecode.length > 1 || !text.startsWith('add rule')) return undefined;
  if (expected === '' || expected === found || ours.bytecode.includes(expected)) return undefined;
  return {
    kind: 'bytecode',
    cause: firstDifference(expected, last || found),
    detail: `nft:\n${expected}\nhere:\n${last}`,
  };
}

function compareList(answer: Answer, ours: Ours): Disagreement | undefined {
  const expected = answer.list ?? '';
  const found = ours.list ?? '';
  if (ownerGone(found)) return undefined;
  if (settled(expected) === settled(found)) return undefined;
  return {
    kind: 'list',
    cause: firstDifference(settled(expected), settled(found)),
    detail: `nft:\n${expected}\nhere:\n${found}`,
  };
}

/** Elements that begin with the same flag stand as the kernel's hash, which has a random seed, gives them. */
function inOneOrder(elements: string): string {
  return elements.slice(2, -2).split(', ').sort().join(', ');
}

function otherOrder({ list = '' }: Answer, ours: Ours): boolean {
  return list !== ours.list && settled(list) === settled(ours.list ?? '');
}

/** A table goes with the process that owns it. */
function ownerGone(listing: string): boolean {
  return /^\tflags [\w,]*owner(?!.*persist)/m.test(listing);
}

function settled(text: string): string {
  return text
    .replace(/ expires \S+?(?=[ ,\n])/g, ' expires')
    .replace(/\{ [^{}]* \| [^{}]* \}/g, inOneOrder);
}

function compareJson(answer: Answer, ours: Ours): Disagreement | undefined {
  const expected = jsonEntries(answer.json ?? '{"nftables":[]}');
  if (ours.list !== undefined && (ownerGone(ours.list) || otherOrder(answer, ours)))
    return undefined;
  const found = jsonEntries(ours.json ?? '{"nftables":[]}');
  if (expected === found) return undefined;
  return {
    kind: 'json',
    cause: firstDifference(expected, found),
    detail: firstDifference(expected, found),
  };
}

function firstDifference(expected: string, found: string): string {
  const [wanted, got] = [expected.split('\n'), found.split('\n')];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const line = at < 0 ? wanted.length : at;
  const [left, right] = [wanted[line] ?? '(end)', got[line] ?? '(end)'];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  const from = Math.max(0, same - 60);
  return `- ${left.slice(from, same + 60)}  + ${right.slice(from, same + 60)}`;
}
