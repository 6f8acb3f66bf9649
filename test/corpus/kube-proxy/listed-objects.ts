/** A listing of nft as its objects, so that order and the spelling of priorities do not matter. */

const namedPriorities: Readonly<Record<string, number>> = { dstnat: -100, srcnat: 100, filter: 0 };

/** One text per chain, set and map, sorted: its lines, elements and rules of shared chains sorted, priorities as numbers. */
export function listedObjects(listing: string): string {
  const objects: string[] = [];
  const body = listing.replaceAll(/,\n\s+/g, ', ');
  let table = '';
  for (const [, name, head = '', content = ''] of body.matchAll(objectsAndTables)) {
    if (name !== undefined) {
      table = name;
      continue;
    }
    const lines = content
      .split('\n')
      .filter((line) => line !== '')
      .map(listedLine);
    const shared = /KUBE-(?:SERVICES|NODEPORTS)$/.test(head);
    objects.push([`${table} ${head}`, ...(shared ? lines.sort() : lines)].join('\n'));
  }
  return objects.sort().join('\n');
}

const objectsAndTables = /^table (\S+ \S+) \{$|^\t(\S[^\n]*) \{\n([\s\S]*?)^\t\}$/gm;

function listedLine(text: string): string {
  const line = text.replace(/^\t\t/, '');
  const [, elements] = /^elements = \{ (.*) \}$/.exec(line) ?? [];
  if (elements !== undefined) return `elements = { ${elements.split(', ').sort().join(', ')} }`;
  return line.replace(
    /priority (dstnat|srcnat|filter)(?: ([+-]) (\d+))?;/,
    (_text, name: string, sign: string | undefined, offset: string | undefined) => {
      const distance = sign === undefined ? 0 : Number(`${sign}${offset}`);
      return `priority ${(namedPriorities[name] ?? 0) + distance};`;
    },
  );
}
