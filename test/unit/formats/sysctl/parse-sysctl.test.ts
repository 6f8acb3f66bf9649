/** `sysctl -a`. */

import { expect, test } from 'vitest';
import { parseSysctl } from '../../../../src/formats/sysctl/parse-sysctl.ts';

test('keys, values with spaces, dotted device names', () => {
  const { value, diagnostics } = parseSysctl({
    name: 'sysctl.txt',
    text: 'net.ipv4.ip_forward = 1\nnet.ipv4.ip_local_port_range = 32768\t60999\nnet.ipv4.conf.eth0/5.rp_filter = 2\nnet.ipv6.x=\n; note\nsysctl: permission denied\nzappa\n',
  });
  expect([...value]).toEqual([
    ['net.ipv4.ip_forward', '1'],
    ['net.ipv4.ip_local_port_range', '32768\t60999'],
    ['net.ipv4.conf.eth0.5.rp_filter', '2'],
    ['net.ipv6.x', ''],
  ]);
  expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual(["not a sysctl: 'zappa'"]);
});
