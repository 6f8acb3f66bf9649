/** Packets: built bytes read back, checksums, extension headers. */

import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import { buildPacket } from '../../../src/packet/build.ts';
import { bytesFromHex, read16, write16 } from '../../../src/packet/bytes.ts';
import { foldChecksum, replaceWord, sumWords } from '../../../src/packet/checksum.ts';
import { findTransport, skipExtensionHeaders } from '../../../src/packet/ipv6-extension-headers.ts';
import { summarisePacket } from '../../../src/packet/summary.ts';

const address = (text: string) => parseAddress(text) ?? new Uint8Array(4);

describe('buildPacket', () => {
  it('builds what the summary reads back', () => {
    const packet = buildPacket({
      source: address('10.0.0.1'),
      destination: address('10.0.0.2'),
      protocol: 6,
      sourcePort: 4000,
      destinationPort: 80,
      flags: 'SA',
      ttl: 9,
    });
    expect(summarisePacket(packet)).toMatchObject({
      family: 4,
      source: '10.0.0.1',
      destination: '10.0.0.2',
      ttl: 9,
      protocol: 6,
      sourcePort: 4000,
      destinationPort: 80,
      flags: 'SA',
      checksum: 'ok',
    });
  });

  it('sums the pseudo header of IPv6', () => {
    const packet = buildPacket({
      source: address('fd00::1'),
      destination: address('fd00::2'),
      protocol: 58,
      icmpId: 7,
    });
    expect(summarisePacket(packet)).toMatchObject({ icmpType: 128, icmpId: 7, checksum: 'ok' });
  });
});

describe('checksums', () => {
  it('are mended as if they were computed anew', () => {
    const packet = buildPacket({
      source: address('10.0.0.1'),
      destination: address('10.0.0.2'),
      protocol: 17,
    });
    const before = read16(packet, 8);
    write16(packet, 8, before - 0x100);
    replaceWord(packet, 10, before, before - 0x100);
    expect(foldChecksum(sumWords(packet, 0, 20))).toBe(0);
  });
});

describe('extension headers', () => {
  const chained = bytesFromHex(
    `6000000000101140fd000000000000000000000000000001fd000000000000000000000000000002`,
  );

  it('stop at once without any', () => {
    expect(findTransport(chained, chained.length)).toMatchObject({ protocol: 17, offset: 40 });
  });

  it('tell the protocol of a later fragment but not its place', () => {
    const fragment = buildPacket({
      source: address('fd00::1'),
      destination: address('fd00::2'),
      protocol: 17,
      payload: new Uint8Array(32),
      fragment: { offset: 16, more: false },
    });
    expect(findTransport(fragment, fragment.length)).toMatchObject({
      protocol: 17,
      offset: 0,
      fragmentOffset: 16,
    });
    expect(skipExtensionHeaders(fragment, fragment.length)?.fragmentOffset).toBe(16);
  });
});
