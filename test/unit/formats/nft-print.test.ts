/** Listings: layout of blocks, options, and the spelling of parsed trees. */

import { describe, expect, it } from 'vitest';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { type PrintOptions, printNft, printWritten } from '../../../src/formats/nft/print.ts';
import { lower } from '../../../src/lower/lower.ts';
import { raise } from '../../../src/raise/raise.ts';

function list(text: string, options: PrintOptions = {}): string {
  const loaded = loadNft(text);
  const lowered = lower(loaded.value);
  expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
  return printNft(raise(lowered.value, loaded.value), options);
}

const firewall = `table inet fw {
	counter hits {
		packets 3 bytes 180
	}

	set admins {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.7,
			     198.51.100.9 }
	}

	map ports {
		type inet_service : verdict
		elements = { 22 : accept,
			     80 : jump web }
	}

	chain web {
		counter packets 2 bytes 80 accept comment "pages"
	}

	chain in {
		type filter hook input priority filter - 5; policy drop;
		ct state established,related accept
		ip saddr @admins tcp dport vmap @ports
		iifname { "eth0", "wg*" } meta mark set 0x00000007
		reject with icmpx admin-prohibited
	}
}
`;

describe('printNft', () => {
  it('lists a listing as it was', () => {
    expect(list(firewall)).toBe(firewall);
  });

  it('leaves states out', () => {
    const text = list(firewall, { stateless: true });
    expect(text).toContain('counter hits {\n\t}');
    expect(text).toContain('\t\tcounter accept comment "pages"');
  });

  it('can name services and write priorities as numbers', () => {
    const text = list(firewall, { services: true, numericPriority: true });
    expect(text).toContain('elements = { "ssh" : accept,');
    expect(text).toContain('priority -5;');
  });

  it.each([
    ['tcp dport {443, http, 22}', 'tcp dport { 22, 80, 443 }'],
    ['tcp dport {22}', 'tcp dport 22'],
    ['ip protocol tcp tcp dport 22', 'tcp dport 22'],
    ['meta mark and 0xff == 1', 'meta mark & 0x000000ff == 0x00000001'],
    ['meta length > 1400 drop', 'meta length > 1400 drop'],
    ['limit rate 1 mbytes/second', 'limit rate 1 mbytes/second'],
    ['log flags all prefix "x"', 'log prefix "x" flags all'],
    ['ct mark set numgen random mod 4', 'ct mark set numgen random mod 4'],
    ['fib daddr type local', 'fib daddr type local'],
  ])('%s', (written, expected) => {
    const text = list(`table ip t {\nchain c {\n${written}\n}\n}\n`);
    expect(text.split('\n')[2]).toBe(`\t\t${expected}`);
  });

  it('shows anonymous chains in place', () => {
    const text = list(
      'table ip t {\nchain c {\ntcp dport 22 jump { ip saddr 10.0.0.1 accept; }\n}\n}\n',
    );
    expect(text).toContain('\t\ttcp dport 22 jump {\n\t\t\tip saddr 10.0.0.1 accept\n\t\t}\n');
  });
});

describe('printWritten', () => {
  it('keeps words and numbers', () => {
    const text =
      'table ip t {\n\tchain c {\n\t\tmeta mark set mark and 0xff\n\t\ttcp dport ssh accept\n\t}\n}\n';
    expect(printWritten(loadNft(text).value)).toBe(text);
  });
});
