/** A listing of nft as its objects, so that order and the spelling of priorities do not matter. */

const namedPriorities: Readonly<Record<string, number>> = { dstnat: -100, srcnat: 100, filter: 0 };

/** One text per chain, set and map, sorted: its lines, elements sorted, priorities as numbers. */
export function listedObjects(listing: string): string {
  const objects: string[] = [];
  const body = listing.replaceAll(/,\n\s+/g, ', ');
  for (const [, head = '', content = ''] of body.matchAll(/^\t(\S[^\n]*) \{\n([\s\S]*?)^\t\}$/gm)) {
    const lines = content.split('\n').map((line) => listedLine(line.trim()));
    objects.push([head, ...lines.filter((line) => line !== '')].join('\n'));
  }
  return objects.sort().join('\n');
}

function listedLine(line: string): string {
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
