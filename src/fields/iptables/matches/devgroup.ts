/** -m devgroup: groups of network devices. */

import { extension, type ReadValue } from '../extension.ts';
import { saved, savedMark } from '../saving.ts';
import { type MaskedNumber, mark32, oneWord } from '../value-kinds.ts';

export interface DeviceGroup extends MaskedNumber {
  readonly inverted: boolean;
}

export interface DevgroupOptions {
  readonly kind: 'devgroup';
  readonly source?: DeviceGroup;
  readonly destination?: DeviceGroup;
}

/** iproute2's group file names only group 0. */
const group = oneWord((text, site) =>
  text === 'default' ? { value: 0, mask: 0xffffffff } : mark32.read([text], site),
);

export const devgroup = extension({
  name: 'devgroup',
  revision: 0,
  options: {
    source: { name: '--src-group', value: group, invert: true },
    destination: { name: '--dst-group', value: group, invert: true },
  },
  read: (values, site): DevgroupOptions | undefined => {
    const { source, destination } = values;
    if (!source && !destination) {
      return site.problem('devgroup: you must specify --src-group or --dst-group');
    }
    return {
      kind: 'devgroup',
      ...(source && { source: groupOf(source) }),
      ...(destination && { destination: groupOf(destination) }),
    };
  },
  save: ({ source, destination }) => [
    ...savedGroup('--src-group', source),
    ...savedGroup('--dst-group', destination),
  ],
});

function groupOf(read: ReadValue<MaskedNumber>): DeviceGroup {
  return { ...read.value, inverted: read.negated };
}

function savedGroup(name: string, tested: DeviceGroup | undefined): string[] {
  if (tested === undefined) return [];
  const isDefault = tested.value === 0 && tested.mask === 0xffffffff;
  return saved(name, tested.inverted, isDefault ? 'default' : savedMark(tested));
}
