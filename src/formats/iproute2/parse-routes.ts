/** Reads `ip route` and `ip -6 route`, all tables, as text or JSON. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import type { Route } from '../../host/route.ts';
import {
  hasFlag,
  isObject,
  type JsonObject,
  looksLikeJson,
  objectsField,
  readJsonObjects,
  textField,
  textsField,
} from '../host-text/json.ts';
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
import { isRouteType } from './names.ts';
import { type RawNexthop, type RawRoute, readRawRoute } from './raw-route.ts';

/**
 * @param family of routes whose text does not tell it (`default dev eth0`).
 * @returns the routes in their order; what is not understood is a warning.
 */
export function parseRoutes(source: Source, family: 4 | 6): Result<readonly Route[]> {
  const diagnostics: Diagnostic[] = [];
  const value = looksLikeJson(source)
    ? readJson(source, family, diagnostics)
    : readText(source, family, diagnostics);
  return { value, diagnostics };
}

/** Words that are followed by a value. `lock` before a metric's value is dropped. */
const valueWords: ReadonlySet<string> = new Set(
  (
    'from dev table proto protocol scope src metric priority preference tos dsfield nhid pref expires error realm realms ' +
    'users age used weight mtu window rtt rttvar ssthresh cwnd advmss reordering hoplimit initcwnd features ' +
    'rto_min initrwnd quickack congctl fastopen_no_cookie ttl-propagate iif mfc_cache id'
  ).split(' '),
);

const flagWords: ReadonlySet<string> = new Set(
  (
    'onlink pervasive dead linkdown offload trap notify unresolved offload_failed rt_offload rt_trap rt_offload_failed ' +
    'cache local redirected redirect equalize'
  ).split(' '),
);

const aliases: Readonly<Record<string, string>> = {
  protocol: 'proto',
  dsfield: 'tos',
  priority: 'metric',
  preference: 'metric',
  realms: 'realm',
};

interface Draft {
  readonly line: Line;
  readonly words: Word[];
}

function readText(source: Source, family: 4 | 6, diagnostics: Diagnostic[]): readonly Route[] {
  const drafts: Draft[] = [];
  for (const line of linesOf(source, true)) {
    const words = wordsOf(line);
    const continues = words[0]?.text === 'nexthop' || words[0]?.text === 'cache';
    const previous = drafts.at(-1);
    if (continues && previous !== undefined) for (const word of words) previous.words.push(word);
    else drafts.push({ line, words: [...words] });
  }
  return drafts.flatMap(({ line, words }) => {
    const problems: Diagnostic[] = [];
    const raw = readWords(source, words, problems);
    const reading = readRawRoute(raw, family);
    if ('route' in reading) {
      addWarnings(diagnostics, problems);
      return [reading.route];
    }
    addWarning(
      diagnostics,
      notUnderstood(lineSpan(source, line), `not a route: ${quoted(line.text.trim())}`),
    );
    return [];
  });
}

function readWords(source: Source, words: readonly Word[], problems: Diagnostic[]): RawRoute {
  const typed = isRouteType(words[0]?.text ?? '');
  const destinationAt = typed ? 1 : 0;
  const parts = splitNexthops(words.slice(destinationAt + 1));
  const [own, ...nexthops] = parts.map((part) => readProperties(source, part, problems));
  return {
    type: typed ? (words[0]?.text ?? '') : 'unicast',
    destination: words[destinationAt]?.text ?? '',
    values: own?.values ?? new Map(),
    flags: own?.flags ?? [],
    nexthops,
  };
}

function splitNexthops(words: readonly Word[]): readonly (readonly Word[])[] {
  const parts: Word[][] = [[]];
  for (const word of words) {
    if (word.text === 'nexthop') parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

function readProperties(
  source: Source,
  words: readonly Word[],
  problems: Diagnostic[],
): RawNexthop {
  const values = new Map<string, string>();
  const flags: string[] = [];
  for (let position = 0; position < words.length; position++) {
    const word = words[position];
    if (word === undefined) break;
    const next = words[position + 1]?.text;
    if (word.text === 'via') {
      position += next === 'inet6' || next === 'inet' ? 2 : 1;
      values.set('via', words[position]?.text ?? '');
    } else if (word.text === 'encap') {
      position = endOfEncapsulation(words, position);
    } else if (valueWords.has(word.text)) {
      position += next === 'lock' ? 2 : 1;
      values.set(aliases[word.text] ?? word.text, words[position]?.text ?? '');
    } else if (flagWords.has(word.text)) {
      flags.push(word.text);
    } else {
      addWarning(
        problems,
        notUnderstood(wordSpan(source, word), `unknown word ${quoted(word.text)} in a route`),
      );
    }
  }
  return { values, flags };
}

/** Lightweight tunnels print words of their own, among them `src` and `dst`, up to the gateway or the device. */
function endOfEncapsulation(words: readonly Word[], start: number): number {
  let position = start;
  while (position + 1 < words.length && !['via', 'dev'].includes(words[position + 1]?.text ?? ''))
    position++;
  return position;
}

function readJson(source: Source, family: 4 | 6, diagnostics: Diagnostic[]): readonly Route[] {
  return readJsonObjects(source, diagnostics).flatMap((object) => {
    const reading = readRawRoute(rawFromJson(object), family);
    if (hidesDestination(object)) {
      addWarning(
        diagnostics,
        notUnderstood(
          spanOf(source),
          'a route through an IP tunnel: its JSON names two destinations',
        ),
      );
      return [];
    }
    if ('route' in reading) return [reading.route];
    addWarning(
      diagnostics,
      notUnderstood(spanOf(source), `not a route: ${quoted(JSON.stringify(object))}`),
    );
    return [];
  });
}

/** `encap ip` writes the tunnel's `dst` into the same object, so the route's own is lost. */
function hidesDestination(object: JsonObject): boolean {
  const encapsulation = textField(object, 'encap');
  return encapsulation === 'ip' || encapsulation === 'ip6';
}

/** JSON field names and the words that mean the same. */
const jsonNames: readonly (readonly [string, string])[] = [
  ['from', 'from'],
  ['gateway', 'via'],
  ['dev', 'dev'],
  ['table', 'table'],
  ['protocol', 'proto'],
  ['scope', 'scope'],
  ['prefsrc', 'src'],
  ['metric', 'metric'],
  ['tos', 'tos'],
  ['pref', 'pref'],
  ['error', 'error'],
  ['weight', 'weight'],
];

function rawFromJson(object: JsonObject): RawRoute {
  return {
    type: textField(object, 'type') ?? 'unicast',
    destination: textField(object, 'dst') ?? '',
    ...propertiesFromJson(object),
    nexthops: objectsField(object, 'nexthops').map(propertiesFromJson),
  };
}

function propertiesFromJson(object: JsonObject): RawNexthop {
  const values = new Map<string, string>();
  for (const [field, word] of jsonNames) {
    const value = textField(object, field);
    if (value !== undefined) values.set(word, value);
  }
  if (isObject(object.via)) values.set('via', textField(object.via, 'host') ?? '');
  for (const metrics of objectsField(object, 'metrics')) {
    const mtu = textField(metrics, 'mtu');
    if (mtu !== undefined) values.set('mtu', mtu);
  }
  const flags = [...textsField(object, 'flags')];
  if (hasFlag(object, 'onlink') && !flags.includes('onlink')) flags.push('onlink');
  return { values, flags };
}
