/** The normal form in which the corpus keeps rule texts: order that kube-proxy does not promise is removed. */

const sortedFirst = ['KUBE-NODEPORTS', 'KUBE-SERVICES'];

interface Table {
  readonly chains: string[];
  readonly rules: Map<string, string[]>;
  readonly deleted: string[];
}

function emptyTable(): Table {
  return { chains: [], rules: new Map(), deleted: [] };
}

/** iptables-restore text: tables by name, chains by name, KUBE-SERVICES and KUBE-NODEPORTS by service. */
export function normaliseRestore(text: string): string {
  const tables = readTables(text);
  const names = [...tables.keys()].sort();
  return names.map((name) => tableText(name, tables.get(name) ?? emptyTable())).join('');
}

function readTables(text: string): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  let table = emptyTable();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = emptyTable();
      tables.set(line.slice(1), table);
    } else if (line.startsWith(':')) table.chains.push(line);
    else if (line.startsWith('-A ')) {
      const chain = line.split(' ', 2)[1] ?? '';
      const rules = table.rules.get(chain);
      if (rules === undefined) table.rules.set(chain, [line]);
      else rules.push(line);
    } else if (line.startsWith('-X ')) table.deleted.push(line);
  }
  return tables;
}

function tableText(name: string, table: Table): string {
  const chains = table.chains.sort((left, right) => compareChains(left.slice(1), right.slice(1)));
  const ruled = [...table.rules.keys()].sort(compareChains);
  const rules = ruled.flatMap((chain) => orderedRules(chain, table.rules.get(chain) ?? []));
  const lines = [`*${name}`, ...chains, ...rules, ...table.deleted.sort(), 'COMMIT', ''];
  return lines.join('\n');
}

function compareChains(left: string, right: string): number {
  const key = (chain: string): string => {
    const rank = sortedFirst.indexOf(chain.split(' ', 1)[0] ?? '');
    return rank < 0 ? `~${chain}` : String(rank);
  };
  return key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0;
}

/** Stable sort by service of the chains that all services share; the node port jump stays last. */
export function orderedRules(chain: string, rules: readonly string[]): readonly string[] {
  if (!sortedFirst.includes(chain)) return rules;
  const key = (rule: string): string => {
    const comment = /--comment "?([^"]*)/.exec(rule)?.[1] ?? '';
    return comment.startsWith('kubernetes service nodeports')
      ? '~'
      : (/^[^ :]*/.exec(comment)?.[0] ?? '');
  };
  const keyed = rules.map((rule, index) => ({ rule, index, key: key(rule) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  return keyed.map(({ rule }) => rule);
}

const groups = ['table', 'chain', 'set', 'map', 'rule', 'element'];

/** A knftables script: lines by kind, then by object; rules keep their order inside a chain. */
export function normaliseNftScript(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const keyed = lines.map((line, index) => {
    const [, kind = '', , , name = ''] = line.split(' ', 5);
    const order = kind === 'element' ? line : String(index).padStart(9, '0');
    return { line, key: `${groups.indexOf(kind)} ${name}`, order };
  });
  keyed.sort((a, b) => compareText(a.key, b.key) || compareText(a.order, b.order));
  return `${keyed.map(({ line }) => line).join('\n')}\n`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Save text with the shared chains ordered by service, everything else as it stands. */
export function orderSharedChains(text: string): string {
  const lines: string[] = [];
  let group: string[] = [];
  let chain = '';
  const flush = (): void => {
    lines.push(...orderedRules(chain, group));
    group = [];
  };
  for (const line of text.split('\n')) {
    const next = line.startsWith('-A ') ? (line.split(' ', 2)[1] ?? '') : '';
    if (next !== chain) flush();
    chain = next;
    if (next === '') lines.push(line);
    else group.push(line);
  }
  flush();
  return lines.join('\n');
}
