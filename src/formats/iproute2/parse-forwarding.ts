/** Reads `bridge fdb` as text or JSON. */

import { parseAddress, parseLinkLayerAddress } from '../../base/address.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import type { ForwardingEntry } from '../../host/neighbour.ts';
import {
  type JsonObject,
  looksLikeJson,
  readJsonObjects,
  textField,
  textsField,
} from '../host-text/json.ts';
import {
  addWarning,
  lineSpan,
  linesOf,
  notUnderstood,
  parseDecimal,
  quoted,
  wordsOf,
} from '../host-text/lines.ts';

export function parseForwarding(source: Source): Result<readonly ForwardingEntry[]> {
  const diagnostics: Diagnostic[] = [];
  const value = looksLikeJson(source)
    ? readJsonObjects(source, diagnostics).flatMap((object) => {
        const entry = fromJson(object);
        if (entry !== undefined) return [entry];
        addWarning(
          diagnostics,
          notUnderstood(
            spanOf(source),
            `not a forwarding entry: ${quoted(JSON.stringify(object))}`,
          ),
        );
        return [];
      })
    : readText(source, diagnostics);
  return { value, diagnostics };
}

const valueWords: ReadonlySet<string> = new Set([
  'dev',
  'vlan',
  'dst',
  'port',
  'vni',
  'src_vni',
  'via',
  'link-netnsid',
  'master',
  'nhid',
  'proto',
  'state',
  'used',
]);

function readText(source: Source, diagnostics: Diagnostic[]): readonly ForwardingEntry[] {
  return linesOf(source).flatMap((line) => {
    const words = wordsOf(line).map((word) => word.text);
    const values = new Map<string, string>();
    const flags: string[] = [];
    for (let position = 1; position < words.length; position++) {
      const word = words[position] ?? '';
      if (valueWords.has(word)) values.set(word, words[++position] ?? '');
      else flags.push(word);
    }
    const entry = build(words[0], values, flags);
    if (entry !== undefined) return [entry];
    addWarning(
      diagnostics,
      notUnderstood(lineSpan(source, line), `not a forwarding entry: ${quoted(line.text.trim())}`),
    );
    return [];
  });
}

function build(
  macText: string | undefined,
  values: ReadonlyMap<string, string>,
  flags: readonly string[],
): ForwardingEntry | undefined {
  const mac = parseLinkLayerAddress(macText ?? '');
  const device = values.get('dev');
  if (mac === undefined || device === undefined) return undefined;
  const master = values.get('master');
  const vlan = parseDecimal(values.get('vlan'));
  const destination = parseAddress(values.get('dst') ?? '');
  return {
    mac,
    device,
    ...(master === undefined ? {} : { master }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(destination === undefined ? {} : { destination }),
    flags,
  };
}

function fromJson(object: JsonObject): ForwardingEntry | undefined {
  const values = new Map<string, string>();
  for (const [field, word] of [
    ['ifname', 'dev'],
    ['master', 'master'],
    ['vlan', 'vlan'],
    ['dst', 'dst'],
  ] as const) {
    const text = textField(object, field);
    if (text !== undefined) values.set(word, text);
  }
  const state = textField(object, 'state');
  const flags = [...textsField(object, 'flags'), ...(state === undefined ? [] : [state])];
  return build(textField(object, 'mac'), values, flags);
}
