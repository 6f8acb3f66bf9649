/** IP sets as `ipset restore` reads them, in the types that Felix creates. */

import type { FelixIpSet, FelixModel } from './model.ts';
import { ipSetName } from './names.ts';

const types: Readonly<Record<FelixIpSet['kind'], string>> = {
  net: 'hash:net',
  address: 'hash:ip',
  'address-port': 'hash:ip,port',
};

/** MaxIpsetSize. */
const maximumSize = 1048576;

/** `create` and `add` lines for the sets with these names; all sets when names are not given. */
export function ipSetRestore(
  { ipSets, version }: FelixModel,
  names?: ReadonlySet<string>,
): readonly string[] {
  const family = version === 4 ? 'inet' : 'inet6';
  return ipSets.flatMap((set) => {
    const name = ipSetName(set.id, version);
    if (names !== undefined && !names.has(name)) return [];
    const create = `create ${name} ${types[set.kind]} family ${family} maxelem ${maximumSize}`;
    return [create, ...(set.members ?? []).map((member) => `add ${name} ${member}`)];
  });
}
