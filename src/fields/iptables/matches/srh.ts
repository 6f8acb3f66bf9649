/** -m srh: the segment routing header of IPv6. */

import { extension, type ReadValue } from '../extension.ts';
import { formatNetwork } from '../networks.ts';
import { saved } from '../saving.ts';
import { type MaskedAddress, network, number, protocol } from '../value-kinds.ts';

/** A test of one field of the header. */
export interface SrhNumberTest {
  readonly field: 'next-hdr' | 'hdr-len' | 'segs-left' | 'last-entry' | 'tag';
  readonly operator: 'eq' | 'gt' | 'lt';
  readonly value: number;
  readonly inverted: boolean;
}

export interface SrhAddressTest extends MaskedAddress {
  /** Previous, next or last segment. */
  readonly field: 'psid' | 'nsid' | 'lsid';
  readonly inverted: boolean;
}

export interface SrhOptions {
  readonly kind: 'srh';
  readonly numbers: readonly SrhNumberTest[];
  readonly addresses: readonly SrhAddressTest[];
}

const byte = number(255);
const short = number(65535);
const row = (name: string, value = byte) =>
  ({ name: `--srh-${name}`, value, invert: true }) as const;
const addressRow = (name: string) =>
  ({ name: `--srh-${name}`, value: network, invert: true }) as const;

export const srh = extension({
  name: 'srh',
  family: 'ip6',
  revision: 1,
  options: {
    nextHeader: row('next-hdr', protocol),
    lengthEq: row('hdr-len-eq'),
    lengthGt: row('hdr-len-gt'),
    lengthLt: row('hdr-len-lt'),
    leftEq: row('segs-left-eq'),
    leftGt: row('segs-left-gt'),
    leftLt: row('segs-left-lt'),
    lastEq: row('last-entry-eq'),
    lastGt: row('last-entry-gt'),
    lastLt: row('last-entry-lt'),
    tag: row('tag', short),
    psid: addressRow('psid'),
    nsid: addressRow('nsid'),
    lsid: addressRow('lsid'),
  },
  read: (values): SrhOptions => ({
    kind: 'srh',
    numbers: [
      ...numberTest('next-hdr', 'eq', values.nextHeader),
      ...numberTest('hdr-len', 'eq', values.lengthEq),
      ...numberTest('hdr-len', 'gt', values.lengthGt),
      ...numberTest('hdr-len', 'lt', values.lengthLt),
      ...numberTest('segs-left', 'eq', values.leftEq),
      ...numberTest('segs-left', 'gt', values.leftGt),
      ...numberTest('segs-left', 'lt', values.leftLt),
      ...numberTest('last-entry', 'eq', values.lastEq),
      ...numberTest('last-entry', 'gt', values.lastGt),
      ...numberTest('last-entry', 'lt', values.lastLt),
      ...numberTest('tag', 'eq', values.tag),
    ],
    addresses: [
      ...addressTest('psid', values.psid),
      ...addressTest('nsid', values.nsid),
      ...addressTest('lsid', values.lsid),
    ],
  }),
  save: ({ numbers, addresses }) => [
    ...numbers.flatMap(({ field, operator, value, inverted }) =>
      saved(
        field === 'next-hdr' || field === 'tag' ? `--srh-${field}` : `--srh-${field}-${operator}`,
        inverted,
        value,
      ),
    ),
    ...addresses.flatMap((test) =>
      saved(`--srh-${test.field}`, test.inverted, formatNetwork(test)),
    ),
  ],
});

function numberTest(
  field: SrhNumberTest['field'],
  operator: SrhNumberTest['operator'],
  read: ReadValue<number> | undefined,
): SrhNumberTest[] {
  return read ? [{ field, operator, value: read.value, inverted: read.negated }] : [];
}

function addressTest(
  field: SrhAddressTest['field'],
  read: ReadValue<MaskedAddress> | undefined,
): SrhAddressTest[] {
  if (read === undefined) return [];
  const { address, mask } = read.value;
  return [{ field, address, mask, inverted: read.negated }];
}
