/** `nft-sim explain`: the lines of nft describe, implied matches, values, bytecode, and mistakes with a hint. */

import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/cli/explain/explain.ts';
import { overviewNames, overviewOf } from '../../../src/cli/explain/overview.ts';
import { explanationLines } from '../../../src/cli/explain/print.ts';
import { debianEnvironment } from '../../../src/datatypes/environment.ts';
import { datatypes } from '../../../src/datatypes/registry.ts';
import { ctKeys } from '../../../src/fields/ct.ts';
import { extensionHeaders } from '../../../src/fields/extension-headers.ts';
import { headers } from '../../../src/fields/headers.ts';
import { headerMeanings, meanings } from '../../../src/fields/meanings.ts';
import { metaKeys } from '../../../src/fields/meta.ts';
import { fibResults, osfKeys, socketKeys, tunnelKeys } from '../../../src/fields/other-keys.ts';
import { runCli } from '../../support/run-cli.ts';

const environment = debianEnvironment;

function lines(text: string): readonly string[] {
  const { explanation } = explain({ name: 'expression', text }, { environment });
  return explanation === undefined ? [] : explanationLines(explanation);
}

describe('the first line is that of nft describe 1.1.7', () => {
  it.each([
    [
      'tcp dport',
      'payload expression, datatype inet_service (internet network service) (basetype integer), 16 bits',
    ],
    [
      'tcp flags',
      'payload expression, datatype tcp_flag (TCP flag) (basetype bitmask, integer), 8 bits',
    ],
    [
      'meta iifname',
      'meta expression, datatype ifname (network interface name) (basetype string), 16 characters',
    ],
    [
      'ct state',
      'ct expression, datatype ct_state (conntrack state) (basetype bitmask, integer), 32 bits',
    ],
    ['ct original saddr', 'ct expression, datatype invalid (invalid)'],
    ['mark', 'meta expression, datatype mark (packet mark) (basetype integer), 32 bits'],
    [
      'time',
      'meta expression, datatype time (Relative time of packet reception) (basetype integer), 64 bits',
    ],
    ['ipsec in reqid', 'xfrm expression, datatype integer (integer), 32 bits'],
    ['symhash mod 2', 'hash expression, datatype integer (integer), 32 bits'],
    ['frag frag-off', 'exthdr expression, datatype integer (integer), 13 bits'],
    [
      'exthdr hbh',
      'exthdr expression, datatype inet_proto (Internet protocol) (basetype integer), 8 bits',
    ],
    [
      '@th,0,16',
      'payload expression, datatype inet_service (internet network service) (basetype integer), 16 bits',
    ],
    ['@ih,0,8', 'payload expression, datatype integer (integer) (basetype integer), 8 bits'],
    [
      'ether_addr',
      'datatype ether_addr (Ethernet address) (basetype link layer address, integer), 48 bits',
    ],
    ['verdict', 'datatype verdict (netfilter verdict), 0 bits'],
  ])('%s', (text, head) => {
    expect(lines(text)[0]).toBe(head);
  });

  it('shows symbols in the notation of nft', () => {
    expect(lines('ct_state')).toContain(`\t${'established'.padEnd(30)}\t0x00000002`);
    expect(lines('icmp_type')).toContain(`\t${'echo-request'.padEnd(30)}\t${'8'.padStart(20)}`);
    expect(lines('arp_op')).toContain(`\t${'request'.padEnd(30)}\t0x0001`);
  });
});

describe('what lies behind', () => {
  it('implied matches differ by family', () => {
    const text = lines('icmp id').join('\n');
    expect(text).toContain('ip, ip6: meta l4proto icmp, icmp type { echo-request, echo-reply }');
    expect(text).toContain('netdev: meta protocol ip, meta l4proto icmp');
    expect(text).toContain('not in    arp: ');
  });

  it('place, order and load', () => {
    const text = lines('tcp dport').join('\n');
    expect(text).toContain('lies in   tcp header, bytes 2-3');
    expect(text).toContain('order     network byte order');
    expect(text).toContain('[ payload load 2b @ transport header + 2 => reg 1 ]');
  });

  it('hooks that the kernel asks for', () => {
    expect(lines('socket transparent').join('\n')).toContain('hooks     prerouting, input, output');
    expect(lines('fib daddr oif').join('\n')).toContain(
      'ip, ip6, inet: prerouting, input, forward',
    );
  });

  it('a tunnel needs its carrier', () => {
    expect(lines('vxlan ip saddr').join('\n')).toContain('(a match of udp dport before it)');
  });

  it('fields of concatenations', () => {
    expect(lines('ip saddr . tcp dport').join('\n')).toContain('field 2   tcp dport: payload');
  });
});

describe('matches', () => {
  it('are listed and compiled', () => {
    expect(lines('ip saddr 10.0.0.0/8').join('\n')).toContain(
      [
        '  inet t c',
        '    [ meta load nfproto => reg 1 ]',
        '    [ cmp eq reg 1 0x02 ]',
        '    [ payload load 1b @ network header + 12 => reg 1 ]',
        '    [ cmp eq reg 1 0x0a ]',
      ].join('\n'),
    );
    expect(lines('ct state established, related')).toContain(
      '  listed as ct state established,related',
    );
  });

  it('take the family that has them', async () => {
    expect(lines('arp operation request').join('\n')).toContain('family    arp');
    const { out } = await runCli('explain --family ip tcp dport 22');
    expect(out).toContain('\n  ip t c\n');
  });
});

describe('every row is described', () => {
  it('datatypes, headers and keys have words', () => {
    for (const { name } of datatypes) expect(lines(name).length, name).toBeGreaterThan(0);
    for (const { name } of metaKeys) expect(meanings, name).toHaveProperty([`meta ${name}`]);
    for (const { name } of ctKeys) expect(meanings, name).toHaveProperty([`ct ${name}`]);
    for (const { name } of socketKeys) expect(meanings).toHaveProperty([`socket ${name}`]);
    for (const { name } of tunnelKeys) expect(meanings).toHaveProperty([`tunnel ${name}`]);
    for (const { name } of osfKeys) expect(meanings).toHaveProperty([`osf ${name}`]);
    for (const { name } of fibResults) expect(meanings).toHaveProperty([`fib ${name}`]);
    for (const { protocol } of headers) expect(headerMeanings).toHaveProperty(protocol);
    for (const { name } of extensionHeaders) expect(headerMeanings).toHaveProperty(name);
  });

  it('overviews name expressions that can be explained', () => {
    const repeated = /^(rt0 addr|srh sid)$/;
    const written = (text: string) =>
      text
        .replace(repeated, '$1[1]')
        .replace(/^fib /, 'fib daddr ')
        .replace(/^ipsec /, 'ipsec in ')
        .replace(/^socket cgroupv2$/, 'socket cgroupv2 level 1');
    for (const name of overviewNames) {
      for (const { expression } of overviewOf(name)?.rows ?? []) {
        expect(lines(written(expression)).length, expression).toBeGreaterThan(0);
      }
    }
  });
});

describe('mistakes', () => {
  it.each([
    ['tcp dprt', 'tcp dprt\n    ^^^^', "did you mean 'dport'?"],
    ['ip_v4addr', '^^^^^^^^^', "did you mean 'ipv4_addr'?"],
    ['metta mark', 'metta mark\n^^^^^', "did you mean 'meta'?"],
    ['tcpp dport 22', '^^^^', "did you mean 'tcp'?"],
    ['tcp dport 22 accpt', '             ^^^^^', "did you mean 'accept'?"],
    ['foo', '^^^', 'is no expression'],
  ])('%s', async (text, carets, message) => {
    const { code, error, out } = await runCli(`explain ${text}`);
    expect(error).toContain(carets);
    expect(error).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(1);
  });

  it('wrong use', async () => {
    expect((await runCli('explain')).code).toBe(2);
    expect((await runCli('explain --family ipx tcp dport')).code).toBe(2);
  });
});

describe('several expressions', () => {
  it('each datatype, or one expression of several words', async () => {
    const { out } = await runCli('explain ipv4_addr ct_state');
    expect(out).toContain('datatype ipv4_addr');
    expect(out).toContain('datatype ct_state');
  });

  it('lines of standard input, as JSON', async () => {
    const { out, code } = await runCli('explain --json -', 'tcp dport\n# a comment\nnonsense\n');
    const { explanations } = JSON.parse(out);
    expect(explanations).toHaveLength(2);
    expect(explanations[0].explanation).toMatchObject({ kind: 'expression', bits: 16 });
    expect(explanations[1].diagnostics[0].message).toContain("'nonsense'");
    expect(code).toBe(1);
  });
});
