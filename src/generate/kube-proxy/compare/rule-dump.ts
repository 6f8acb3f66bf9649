/** Rules as plain text by table and chain: the form in which two dumps are compared. */

/** Rules of each chain of each table, normalised by the reader so that equal rules are equal texts. */
export interface RuleDump {
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** The rules of iptables-save text without counters; blanks that some versions double are single. */
export function dumpOfSave(text: string, family: string): RuleDump {
  const tables = new Map<string, Map<string, string[]>>();
  let chains = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line);
    if (line.startsWith('*')) {
      chains = new Map();
      tables.set(`${family} ${line.slice(1).trim()}`, chains);
    } else if (line.startsWith(':')) {
      chains.set(line.slice(1).split(' ', 1)[0] ?? '', []);
    } else if (rule !== null) {
      chains.get(rule[1] ?? '')?.push((rule[2] ?? '').replaceAll(/ +/g, ' ').trim());
    }
  }
  return { tables };
}

/**
 * The rules of tables of iptables-nft as `nft list ruleset` prints them, or as this generator words them; counters
 * and what differs between versions of the tools are removed. Reads chains and lines only, no nft syntax in general.
 */
export function dumpOfListing(listing: string): RuleDump {
  const tables = new Map<string, Map<string, string[]>>();
  let chains = new Map<string, string[]>();
  let rules: string[] = [];
  for (const line of listing.split('\n')) {
    const words = line.trim();
    const [, kind, name = ''] = /^(table|chain) (.+) \{$/.exec(words) ?? [];
    if (kind === 'table') {
      chains = new Map();
      tables.set(name, chains);
    } else if (kind === 'chain') {
      rules = [];
      chains.set(name, rules);
    } else if (isRule(words)) {
      rules.push(normalisedWords(words));
    }
  }
  return { tables };
}

function isRule(words: string): boolean {
  return words !== '' && words !== '}' && !words.startsWith('#') && !words.startsWith('type ');
}

const headerPart = /^(ip6? saddr|ip6? daddr|iifname|meta l4proto|ip protocol)( !=)? (\S+) ?/;
const headerRank: Readonly<Record<string, number>> = {
  'ip saddr': 0,
  'ip6 saddr': 0,
  'ip daddr': 1,
  'ip6 daddr': 1,
};

/** Addresses before the rest of the native parts; no bare protocol matches, no counters, no quotes of xt names. */
function normalisedWords(words: string): string {
  let rest = words
    .replace(/counter packets \d+ bytes \d+ ?/, '')
    .replaceAll(/xt (match|target) "([^"]*)"/g, 'xt $1 $2')
    .replaceAll(/ +/g, ' ')
    .trim();
  const header: string[] = [];
  for (let part = headerPart.exec(rest); part !== null; part = headerPart.exec(rest)) {
    const [text, key = '', negation = '', value = ''] = part;
    header.push(`${key === 'ip protocol' ? 'meta l4proto' : key}${negation} ${value}`);
    rest = rest.slice(text.length);
  }
  const bare = /(?:^| )(?:meta l4proto (?:tcp|udp|sctp)|xt match sctp)(?= |$)/g;
  const rank = (text: string): number => headerRank[text.split(' ', 2).join(' ')] ?? 2;
  const sorted = [...new Set(header)].sort((left, right) => rank(left) - rank(right));
  return [...sorted, rest.replaceAll(bare, '').trim()].filter((text) => text !== '').join(' ');
}
