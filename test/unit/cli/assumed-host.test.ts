/** A trace without host facts: the devices that the question names say which way the packet goes. */

import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const ruleset = `table inet t {
	chain in {
		type filter hook input priority 0;
		iifname "eth0" tcp dport 22 accept
		drop
	}

	chain through {
		type filter hook forward priority 0;
		iifname "eth0" oifname "eth1" accept
		drop
	}

	chain out {
		type filter hook output priority 0;
		oifname "eth1" reject
	}
}
`;

describe('trace without host facts', () => {
  it.each([
    ['--src 10.0.0.1 --dst 10.0.0.2 --dport 22 --iif eth0', 'delivered to the host', 'as its own'],
    ['--src 10.0.0.1 --dst 10.0.0.2 --dport 23 --iif eth0', 'dropped', 'as its own'],
    [
      '--src 10.0.0.1 --dst 10.0.0.2 --dport 23 --iif eth0 --oif eth1',
      'forwarded out of eth1',
      'and to forward',
    ],
    ['--src fd00::1 --dst fd00::2 --dport 23 --iif eth1 --oif eth0', 'dropped', 'and to forward'],
    ['--src 10.0.0.1 --dst 10.0.0.2 --dport 23 --oif eth1', 'rejected', 'to send everything there'],
  ])('%s: %s', async (packet, fate, assumption) => {
    const { out, error } = await runCli(`trace --ruleset - ${packet}`, ruleset);
    expect(error).toBe('');
    expect(out.match(/^fate +(?!of packet)(.*)$/m)?.[1]).toContain(fate);
    expect(out).toMatch(new RegExp(`^assumed +nothing is known of the host: .*${assumption}`, 'm'));
    expect(out.match(/^assumed/gm)?.length).toBeLessThan(6);
  });

  it('takes what is known', async () => {
    const packet = '--src 192.168.1.30 --dst 192.0.2.80 --dport 80';
    const { out } = await runCli(`trace --host samples/home-router ${packet}`);
    expect(out).not.toContain('nothing is known of the host');
  });
});
