/** Reads `ip neigh` as text or JSON. */

import { parseAddress, parseLinkLayerAddress } from '../../base/address.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import type { Neighbour } from '../../host/neighbour.ts';
import {
  hasFlag,
  type JsonObject,
  looksLikeJson,
  readJsonObjects,
  textField,
  textsField,
} from '../host-text/json.ts';
import {
  addWarning,
  addWarnings,
  lineSpan,
  linesOf,
  notUnderstood,
  quoted,
  type Word,
  wordSpan,
  wordsOf,
} from '../host-text/lines.ts';

export function parseNeighbours(source: Source): Result<readonly Neighbour[]> {
  const diagnostics: Diagnostic[] = [];
  const value = looksLikeJson(source)
    ? readJson(source, diagnostics)
    : readText(source, diagnostics);
  return { value, diagnostics };
}

const valueWords: ReadonlySet<string> = new Set([
  'dev',
  'lladdr',
  'vrf',
  'proto',
  'protocol',
  'ref',
  'used',
  'probes',
]);
const flagWords: ReadonlySet<string> = new Set(
  'router proxy extern_learn offload managed extern_valid sticky'.split(' '),
);

function readText(source: Source, diagnostics: Diagnostic[]): readonly Neighbour[] {
  return linesOf(source).flatMap((line) => {
    const problems: Diagnostic[] = [];
    const neighbour = readWords(source, wordsOf(line), problems);
    if (neighbour === undefined) {
      addWarning(
        diagnostics,
        notUnderstood(lineSpan(source, line), `not a neighbour: ${quoted(line.text.trim())}`),
      );
      return [];
    }
    addWarnings(diagnostics, problems);
    return [neighbour];
  });
}

function readWords(
  source: Source,
  words: readonly Word[],
  problems: Diagnostic[],
): Neighbour | undefined {
  const values = new Map<string, string>();
  const flags: string[] = [];
  for (let position = 1; position < words.length; position++) {
    const word = words[position];
    if (word === undefined) break;
    if (valueWords.has(word.text)) values.set(word.text, words[++position]?.text ?? '');
    else if (flagWords.has(word.text) || /^[A-Z]+$/.test(word.text)) flags.push(word.text);
    else if (!/^\d+(\/\d+\/\d+)?(probes)?$/.test(word.text)) {
      addWarning(
        problems,
        notUnderstood(wordSpan(source, word), `unknown word ${quoted(word.text)} in a neighbour`),
      );
    }
  }
  return buildNeighbour(words[0]?.text, values.get('dev'), values.get('lladdr'), flags);
}

function buildNeighbour(
  addressText: string | undefined,
  device: string | undefined,
  macText: string | undefined,
  flags: readonly string[],
): Neighbour | undefined {
  const address = parseAddress(addressText ?? '');
  if (address === undefined || device === undefined) return undefined;
  const mac = macText === undefined ? undefined : parseLinkLayerAddress(macText);
  if (macText !== undefined && mac === undefined) return undefined;
  return {
    address,
    device,
    ...(mac === undefined ? {} : { mac }),
    states: flags.filter((flag) => !flagWords.has(flag)),
    router: flags.includes('router'),
    proxy: flags.includes('proxy'),
  };
}

function readJson(source: Source, diagnostics: Diagnostic[]): readonly Neighbour[] {
  return readJsonObjects(source, diagnostics).flatMap((object) => {
    const neighbour = neighbourFromJson(object);
    if (neighbour !== undefined) return [neighbour];
    addWarning(
      diagnostics,
      notUnderstood(spanOf(source), `not a neighbour: ${quoted(JSON.stringify(object))}`),
    );
    return [];
  });
}

function neighbourFromJson(object: JsonObject): Neighbour | undefined {
  const flags = [
    ...textsField(object, 'state'),
    ...[...flagWords].filter((flag) => hasFlag(object, flag)),
  ];
  return buildNeighbour(
    textField(object, 'dst'),
    textField(object, 'dev'),
    textField(object, 'lladdr'),
    flags,
  );
}
