/** `conntrack -L` lines are read and printed back. */

import { expect, test } from 'vitest';
import { parseConntrack } from '../../../../src/formats/conntrack/parse-conntrack.ts';
import { printConntrackEntry } from '../../../../src/formats/conntrack/print-conntrack.ts';

const read = (text: string) => parseConntrack({ name: 'conntrack.txt', text });

test.each([
  'ipv4     2 tcp      6 99 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [ASSURED] mark=5 use=1',
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=7 bytes=900 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 packets=6 bytes=800 [ASSURED] mark=0 use=1 id=7',
  'ipv4     2 udp      17 99 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 mark=0 zone=7 use=1',
  'ipv4     2 udp      17 99 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=2 zone-orig=7 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=5 mark=0 use=1',
  'ipv4     2 gre      47 99 src=10.0.0.1 dst=10.0.0.2 srckey=0x1 dstkey=0x2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 srckey=0x2 dstkey=0x1 mark=0 use=1',
  'ipv4     2 unknown  89 99 src=10.0.0.1 dst=10.0.0.2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 mark=0 use=1',
  'ipv6     10 icmpv6   58 99 src=2001::1 dst=2001::2 type=128 code=0 id=9 [UNREPLIED] src=2001::2 dst=2001::1 type=129 code=0 id=9 mark=0 use=1',
  'ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [HW_OFFLOAD] mark=0 secctx=system_u:object_r:x:s0 use=2',
  'ipv4     2 tcp      6 300 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=21 src=10.0.0.2 dst=10.0.0.1 sport=21 dport=1 [ASSURED] mark=0 use=1 helper=ftp',
])('%s', (line) => {
  const { value, diagnostics } = read(line);
  expect(diagnostics).toEqual([]);
  expect(value.map((entry) => printConntrackEntry(entry))).toEqual([line]);
});

test('without -o extended, and without timeout and use', () => {
  const line =
    'ipv4 2 tcp 6 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 mark=0';
  const plain =
    'tcp      6 119 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 mark=0 use=1';
  const [entry] = read(plain).value;
  expect(
    entry && printConntrackEntry(entry, { spacing: 'single', timeout: false, use: false }),
  ).toBe(line);
  expect(entry && printConntrackEntry(entry, { family: false })).toBe(plain);
  expect(read(line).value[0]).toMatchObject({
    family: 4,
    protocol: 6,
    state: 'SYN_SENT',
    unreplied: true,
    assured: false,
    mark: 0,
    zone: 0,
  });
});

test('/proc/net/nf_conntrack and the closing line of conntrack', () => {
  const { value, diagnostics } = read(
    'ipv4     2 gre      47 99 timeout=0, stream_timeout=0 src=10.0.0.1 dst=10.0.0.2 srckey=0x1 dstkey=0x2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 srckey=0x2 dstkey=0x1 mark=0 zone=0 use=2\n' +
      'conntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n',
  );
  expect([diagnostics, value.length]).toEqual([[], 1]);
});

test.each([
  'zappa',
  'tcp 6 99 ESTABLISHED',
  'tcp 6 src=10.0.0.1 dst=x sport=1 dport=2 src=1.1.1.1 dst=1.1.1.2',
  'tcp 999 src=1.1.1.1 dst=1.1.1.2 src=1.1.1.2 dst=1.1.1.1',
  'tcp 6 src=1.1.1.1 dst=1.1.1.2 zappa src=1.1.1.2 dst=1.1.1.1',
])('refuses %j', (line) => {
  const { value, diagnostics } = read(line);
  expect([value.length, diagnostics[0]?.code]).toEqual([0, 'host-text-not-understood']);
});
