/** Reads `ip rule` and `ip -6 rule` as text or JSON. */

import { type Prefix, parseAddress, parsePrefix } from '../../base/address.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import type { NumberRange, RoutingRule, RuleAction } from '../../host/route.ts';
import { type JsonObject, looksLikeJson, readJsonObjects, textField } from '../host-text/json.ts';
import {
  addWarning,
  addWarnings,
  type Line,
  lineSpan,
  linesOf,
  notUnderstood,
  parseDecimal,
  parseUnsigned,
  quoted,
  type Word,
  wordSpan,
  wordsOf,
} from '../host-text/lines.ts';
import { groupNumber, ipProtocolNumber, tableName } from './names.ts';

/** What both forms are brought to; keys are the words of the text form. */
type RuleWords = ReadonlyMap<string, string>;

export function parseRules(source: Source, family: 4 | 6): Result<readonly RoutingRule[]> {
  const diagnostics: Diagnostic[] = [];
  const value = looksLikeJson(source)
    ? readJsonObjects(source, diagnostics).flatMap((object) => {
        const rule = buildRule(wordsFromJson(object), family);
        if (rule !== undefined) return [rule];
        addWarning(
          diagnostics,
          notUnderstood(spanOf(source), `not a rule: ${quoted(JSON.stringify(object))}`),
        );
        return [];
      })
    : linesOf(source).flatMap((line) => readLine(source, line, family, diagnostics));
  return { value, diagnostics };
}

const valueWords: ReadonlySet<string> = new Set(
  (
    'from to tos dsfield dscp fwmark iif oif uidrange ipproto sport dport tun_id lookup table goto realms flowlabel ' +
    'suppress_prefixlength suppress_ifgroup proto protocol map-to'
  ).split(' '),
);

const flagWords: ReadonlySet<string> = new Set(
  'not nop blackhole unreachable prohibit [detached] [unresolved] [iif detached] masquerade l3mdev'.split(
    ' ',
  ),
);

/** Words without meaning for a lookup: a decision with them is the same without. */
const unusedWords: ReadonlySet<string> = new Set(['realms', 'proto', 'protocol']);

function readLine(
  source: Source,
  line: Line,
  family: 4 | 6,
  diagnostics: Diagnostic[],
): readonly RoutingRule[] {
  const words = wordsOf(line);
  const problems: Diagnostic[] = [];
  const values = readWords(source, words, problems);
  const rule = values === undefined ? undefined : buildRule(values, family);
  if (rule === undefined) {
    addWarning(
      diagnostics,
      notUnderstood(lineSpan(source, line), `not a rule: ${quoted(line.text.trim())}`),
    );
    return [];
  }
  addWarnings(diagnostics, problems);
  return [rule];
}

function readWords(
  source: Source,
  words: readonly Word[],
  problems: Diagnostic[],
): RuleWords | undefined {
  const priority = /^(\d+):$/.exec(words[0]?.text ?? '')?.[1];
  if (priority === undefined) return undefined;
  const values = new Map([['priority', priority]]);
  for (let position = 1; position < words.length; position++) {
    const word = words[position];
    if (word === undefined) break;
    if (valueWords.has(word.text)) {
      const value = words[++position]?.text ?? '';
      if (!unusedWords.has(word.text)) values.set(word.text, value);
    } else if (flagWords.has(word.text)) {
      values.set(word.text, '');
    } else {
      addWarning(
        problems,
        notUnderstood(wordSpan(source, word), `unknown word ${quoted(word.text)} in a rule`),
      );
    }
  }
  return values;
}

function buildRule(values: RuleWords, family: 4 | 6): RoutingRule | undefined {
  const priority = parseDecimal(values.get('priority'));
  const action = readAction(values);
  const selectors = readSelectors(values);
  if (priority === undefined || action === undefined || selectors === undefined) return undefined;
  const suppressPrefixLength = parseDecimal(values.get('suppress_prefixlength'));
  const suppressGroup = values.get('suppress_ifgroup');
  return {
    family,
    priority,
    not: values.has('not'),
    ...selectors,
    action,
    ...(suppressPrefixLength === undefined ? {} : { suppressPrefixLength }),
    ...(suppressGroup === undefined ? {} : { suppressInterfaceGroup: groupNumber(suppressGroup) }),
    ...(isL3mdev(values) ? { l3mdev: true } : {}),
  };
}

function isL3mdev(values: RuleWords): boolean {
  return values.has('l3mdev') || values.get('lookup') === '[l3mdev-table]';
}

function readAction(values: RuleWords): RuleAction | undefined {
  const table =
    values.get('lookup') ??
    values.get('table') ??
    (values.has('l3mdev') ? '[l3mdev-table]' : undefined);
  if (table !== undefined) return { kind: 'lookup', table: tableName(table) };
  const target = parseDecimal(values.get('goto'));
  if (target !== undefined) return { kind: 'goto', priority: target };
  for (const kind of ['blackhole', 'unreachable', 'prohibit', 'nop'] as const) {
    if (values.has(kind)) return { kind };
  }
  return undefined;
}

type Selectors = Omit<RoutingRule, 'family' | 'priority' | 'not' | 'action'>;

/** Each reader answers undefined when its word is missing and `false` when its value makes no sense. */
function readSelectors(values: RuleWords): Selectors | undefined {
  const read = <Value>(
    name: string,
    reader: (text: string) => Value | undefined,
  ): Value | undefined | false => {
    const text = values.get(name);
    return text === undefined ? undefined : (reader(text) ?? false);
  };
  const found = {
    from: values.get('from') === 'all' ? undefined : read('from', readPrefix),
    to: values.get('to') === 'all' ? undefined : read('to', readPrefix),
    inputInterface: values.get('iif'),
    outputInterface: values.get('oif'),
    fwmark: read('fwmark', readMark),
    tos: read('tos', parseUnsigned) ?? read('dsfield', parseUnsigned),
    ipProtocol: read('ipproto', ipProtocolNumber),
    sourcePorts: read('sport', readRange),
    destinationPorts: read('dport', readRange),
    userIds: read('uidrange', readRange),
    tunnelId: read('tun_id', (text) => (/^\d{1,20}$/.test(text) ? BigInt(text) : undefined)),
  };
  return withoutMissing(found);
}

/** Leaves out what is undefined; undefined as a whole when any value was not understood. */
function withoutMissing(
  found: { readonly [Key in keyof Selectors]: Selectors[Key] | undefined | false },
): Selectors | undefined {
  if (Object.values(found).includes(false)) return undefined;
  const keep = <Key extends string, Value>(key: Key, value: Value | undefined | false) =>
    value === undefined || value === false ? {} : { [key]: value };
  const result: Selectors = {};
  for (const [key, value] of Object.entries(found)) Object.assign(result, keep(key, value));
  return result;
}

function readPrefix(text: string): Prefix | undefined {
  return parsePrefix(text);
}

function readMark(text: string): RoutingRule['fwmark'] {
  const [markText, maskText] = text.split('/');
  const mark = parseUnsigned(markText);
  const mask = maskText === undefined ? 0xffffffff : parseUnsigned(maskText);
  return mark === undefined || mask === undefined ? undefined : { mark, mask };
}

function readRange(text: string): NumberRange | undefined {
  const [fromText, toText] = text.split('-');
  const from = parseDecimal(fromText);
  const to = toText === undefined ? from : parseDecimal(toText);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** JSON fields that only have another name. */
const jsonNames: Readonly<Record<string, string>> = {
  priority: 'priority',
  table: 'lookup',
  tos: 'tos',
  iif: 'iif',
  oif: 'oif',
  ipproto: 'ipproto',
  sport: 'sport',
  dport: 'dport',
  goto: 'goto',
  tun_id: 'tun_id',
  suppress_prefixlen: 'suppress_prefixlength',
  suppress_ifgroup: 'suppress_ifgroup',
};

function wordsFromJson(object: JsonObject): RuleWords {
  const values = new Map<string, string>();
  for (const [field, word] of Object.entries(jsonNames)) {
    const text = textField(object, field);
    if (text !== undefined) values.set(word, text);
  }
  for (const flag of ['not', 'nop', 'l3mdev'] as const) {
    if (Object.hasOwn(object, flag)) values.set(flag, '');
  }
  const action = textField(object, 'action');
  if (action !== undefined && action !== 'to_tbl') values.set(action, '');
  const put = (word: string, value: string | undefined) =>
    value !== undefined && values.set(word, value);
  put('from', jsonPrefix(object, 'src'));
  put('to', jsonPrefix(object, 'dst'));
  put('sport', jsonRange(object, 'sport_start', 'sport_end'));
  put('dport', jsonRange(object, 'dport_start', 'dport_end'));
  put('uidrange', jsonRange(object, 'uid_start', 'uid_end'));
  const mask = textField(object, 'fwmask');
  const mark = textField(object, 'fwmark');
  put('fwmark', mark === undefined || mask === undefined ? mark : `${mark}/${mask}`);
  return values;
}

function jsonPrefix(object: JsonObject, name: 'src' | 'dst'): string | undefined {
  const address = textField(object, name);
  const length = textField(object, `${name}len`);
  if (address === undefined || length === undefined || parseAddress(address) === undefined)
    return address;
  return `${address}/${length}`;
}

function jsonRange(object: JsonObject, from: string, to: string): string | undefined {
  const first = textField(object, from);
  return first === undefined ? undefined : `${first}-${textField(object, to) ?? first}`;
}
