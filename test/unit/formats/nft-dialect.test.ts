/** Listings of nft 1.0.6: what `nft list ruleset` of that release shows after loading the same text. */

import { describe, expect, it } from 'vitest';
import { listNft } from '../../../src/formats/nft/list.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printWritten } from '../../../src/formats/nft/print.ts';
import { lower } from '../../../src/lower/lower.ts';

function list(text: string, dialect: '1.0.6' | '1.1.7'): string {
  const loaded = loadNft(text);
  expect([...loaded.diagnostics, ...lower(loaded.value).diagnostics]).toEqual([]);
  return listNft(loaded.value, { dialect });
}

function rule(text: string, family: string, dialect: '1.0.6' | '1.1.7'): string {
  const listed = list(`table ${family} t {\n\tchain c {\n\t\t${text}\n\t}\n}\n`, dialect);
  return listed.split('\n').at(2)?.trim() ?? '';
}

describe('rules that 1.0.6 lists otherwise', () => {
  it.each([
    ['ip', 'ip frag-off & 0x1fff != 0', 'ip frag-off & 8191 != 0', 'ip frag-off & 0x1fff != 0x0'],
    ['ip', 'ip frag-off 33-45', 'ip frag-off 33-45', 'ip frag-off 0x21-0x2d'],
    [
      'ip',
      'icmp type 3 icmp code 13',
      'icmp type destination-unreachable icmp code admin-prohibited',
      'icmp type destination-unreachable icmp code 13',
    ],
    [
      'ip6',
      'icmpv6 code { 5, 6, 7 }',
      'icmpv6 code { policy-fail, reject-route, 7 }',
      'icmpv6 code { 5, 6, 7 }',
    ],
    [
      'ip',
      'icmp type . icmp code { redirect . 1 }',
      'icmp type . icmp code { redirect . host-unreachable }',
      'icmp type . icmp code { redirect . 1 }',
    ],
    [
      'ip',
      'tcp flags & (fin | syn) == syn',
      'tcp flags syn / fin,syn',
      'tcp flags & (fin | syn) == syn',
    ],
    ['ip', 'tcp flags & syn == ack', 'tcp flags ack / syn', 'tcp flags & syn == ack'],
    ['ip', 'tcp flags & syn == syn', 'tcp flags & syn == syn', 'tcp flags & syn == syn'],
    [
      'ip',
      'meta mark & 0xffffff00 == 0x100',
      'meta mark 0x00000100/24',
      'meta mark & 0xffffff00 == 0x00000100',
    ],
    [
      'ip',
      'meta mark set meta mark >> 4 & 0xf',
      'meta mark set meta mark >> 4 & 0x0000000f',
      'meta mark set meta mark >> 4 & 0xf',
    ],
    [
      'ip',
      'meta hour "21:00"-"02:00"',
      'meta hour != "02:00"-"21:00"',
      'meta hour "21:00"-"02:00"',
    ],
    ['ip', 'limit rate 10/second', 'limit rate 10/second', 'limit rate 10/second burst 5 packets'],
    [
      'ip',
      'tcp option mptcp subtype 0',
      'tcp option mptcp subtype 0',
      'tcp option mptcp subtype mp-capable',
    ],
    ['ip', 'ct status 0x40', 'ct status 0x40', 'ct status seq-adjust'],
    [
      'ip',
      'fib saddr . iif check missing',
      'fib saddr . iif oif missing',
      'fib saddr . iif check missing',
    ],
    ['inet', '@ih,35,3 0x2', '@ih,32,8 & 0x1c == 0x8', '@ih,35,3 0x2'],
    ['inet', '@ih,58,6 set 0x1', '@ih,48,16 set @ih,48,16 & 0xffc1 | 0x1', '@ih,58,6 set 0x1'],
    ['inet', '@ih,58,6 set 0', '@ih,48,16 set @ih,48,16 & 0x3f', '@ih,58,6 set 0x0'],
    [
      'inet',
      'iifname { "dummy0", "lo" }',
      'iifname { "lo", "dummy0" }',
      'iifname { "dummy0", "lo" }',
    ],
    ['inet', 'iifname { "eth*", "lo" }', 'iifname { "eth*", "lo" }', 'iifname { "eth*", "lo" }'],
    [
      'inet',
      'ip protocol . th dport { tcp . 22, udp . 53, tcp . 443 }',
      'ip protocol . th dport { tcp . 22, udp . 53, tcp . 443 }',
      'ip protocol . th dport { tcp . 22, tcp . 443, udp . 53 }',
    ],
    [
      'inet',
      'ip dscp . tcp dport { ef . 22 }',
      'ip dscp >> 2 . tcp dport { ef . 22 }',
      'ip dscp . tcp dport { ef . 22 }',
    ],
    [
      'ip',
      'tcp flags { 0x3, 0x1, 0x11 }',
      'tcp flags { fin | ack, fin, fin | syn }',
      'tcp flags { fin | syn, fin, fin | ack }',
    ],
    ['ip', 'meta priority 1', 'meta priority 0:1', 'meta priority 0:1'],
    ['ip', 'iifname & 0xff == "lo"', 'iifname & "255" == "lo"', 'iifname & "255" == "lo"'],
    ['ip', 'ip ecn 1-3', 'ip ecn 0x1-0x3', 'ip ecn 0x1-0x3'],
  ])('%s %s', (family, text, older, newer) => {
    expect(rule(text, family, '1.0.6')).toBe(older);
    expect(rule(text, family, '1.1.7')).toBe(newer);
  });
});

describe('declarations that 1.0.6 lists otherwise', () => {
  it('several elements of maps per line, no counts', () => {
    const text = `table ip t {
	map m {
		type ipv4_addr : mark
		size 10
		elements = { 1.1.1.1 : 1, 2.2.2.2 : 2, 3.3.3.3 : 3 }
	}
}
`;
    expect(list(text, '1.0.6')).toBe(`table ip t {
	map m {
		type ipv4_addr : mark
		size 10
		elements = { 1.1.1.1 : 0x00000001, 2.2.2.2 : 0x00000002,
			     3.3.3.3 : 0x00000003 }
	}
}
`);
    expect(list(text, '1.1.7')).toContain('size 10\t# count 3\n');
  });

  it('elements of sets of fragment offsets are decimal', () => {
    const text = 'table ip t {\n\tset s {\n\t\ttypeof ip frag-off\n\t\telements = { 33 }\n\t}\n}\n';
    expect(list(text, '1.0.6')).toBe(text);
    expect(list(text, '1.1.7')).toContain('elements = { 0x21 }');
  });

  it('meters are rules without a set', () => {
    const text =
      'table ip t {\n\tchain c {\n\t\tmeter m size 9 { ip saddr limit rate 3/second }\n\t}\n}\n';
    expect(list(text, '1.0.6')).toBe(
      'table ip t {\n\tchain c {\n\t\tmeter m size 9 { ip saddr limit rate 3/second }\n\t}\n}\n',
    );
    expect(list(text, '1.1.7')).toContain('set m {');
  });

  it('devices stand without quotes, timeouts without units', () => {
    const text = `table netdev t {
	chain c {
		type filter hook ingress devices = { b, a } priority filter; policy accept;
	}
}
`;
    expect(list(text, '1.0.6')).toContain('devices = { a, b } priority');
    expect(list(text, '1.1.7')).toContain('devices = { "a", "b" } priority');
    const object = `table ip t {
	ct timeout x {
		protocol tcp
		l3proto ip
		policy = { established : 120 }
	}
}
`;
    expect(list(object, '1.0.6')).toBe(object);
    expect(list(object, '1.1.7')).toContain('established : 2m');
  });

  it('a listing as written keeps its words', () => {
    const text = 'table ip t {\n\tchain c {\n\t\ttcp flags syn / fin,syn\n\t}\n}\n';
    expect(printWritten(loadNft(text).value)).toBe(text);
  });
});
