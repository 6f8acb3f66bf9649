/** `NAME src,dst`: how -m set and -j SET name an ipset set. */

import type { ReadSite } from './extension.ts';

export interface SetReference {
  readonly set: string;
  /** One per dimension of the set, at most six. */
  readonly directions: readonly ('src' | 'dst')[];
}

export function readSetReference(
  [name, flags]: readonly [string, string],
  site: ReadSite,
): SetReference | undefined {
  const directions: ('src' | 'dst')[] = [];
  for (const part of flags.split(',')) {
    if (part !== 'src' && part !== 'dst') {
      return site.problem(
        `'${part}' is no direction of set '${name}'`,
        'src or dst, separated by commas',
      );
    }
    directions.push(part);
  }
  if (directions.length > 6)
    return site.problem(`too many directions for set '${name}': at most 6`);
  if (name.length > 31) return site.problem(`set name '${name}' is longer than 31 characters`);
  if (site.ipsets !== undefined && !site.ipsets.has(name)) {
    return site.problem(`no ipset set '${name}'`, 'create it first');
  }
  return { set: name, directions };
}
