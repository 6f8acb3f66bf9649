/** Lowering of iptables rules: what iptables-nft 1.8.13 and iptables-legacy put into the kernel. */

import { describe, expect, it } from 'vitest';
import type { IptablesFamily } from '../../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';
import {
  type LowerIptablesOptions,
  lowerIptables,
} from '../../../../src/lower/iptables/lower-iptables.ts';
import type { Operation } from '../../../../src/model/operations.ts';

function lowered(
  rule: string,
  family: IptablesFamily = 'ip',
  options: LowerIptablesOptions = {},
): string[] {
  const { value } = loadIptablesSave(`*filter\n:FOO - [0:0]\n${rule}\nCOMMIT\n`, { family });
  const { value: program } = lowerIptables(value, options);
  const chain = program.tables[0]?.chains.find(({ rules }) => rules.length > 0);
  return (chain?.rules[0]?.operations ?? []).map(described);
}

function bytes(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** In the manner of bytecode listings. */
function described(operation: Operation): string {
  switch (operation.kind) {
    case 'payload':
      return `payload ${operation.length}b @ ${operation.base} + ${operation.offset}`;
    case 'meta':
      return `meta ${operation.key}`;
    case 'cmp':
      return `cmp ${operation.operator} ${bytes(operation.data)}`;
    case 'range':
      return `range ${operation.operator} ${bytes(operation.from)} ${bytes(operation.to)}`;
    case 'bitwise':
      return operation.operator === 'mask-xor' ? `mask ${bytes(operation.mask)}` : 'bitwise';
    case 'match':
      return `match ${operation.match.name}`;
    case 'target':
      return `target ${operation.target.name}`;
    case 'immediate':
      return 'kind' in operation.data ? `verdict ${operation.data.kind}` : bytes(operation.data);
    case 'counter':
      return `counter ${operation.packets} ${operation.bytes}`;
    case 'limit':
      return `limit ${operation.rate}/${operation.per} burst ${operation.burst}`;
    default:
      return operation.kind;
  }
}

describe('iptables-nft', () => {
  it.each([
    [
      '-A FOO -s 10.0.0.0/8 -j DROP',
      ['payload 1b @ network + 12', 'cmp eq 0a', 'counter 0 0', 'verdict drop'],
    ],
    [
      '-A FOO ! -d 10.1.2.0/25',
      ['payload 4b @ network + 16', 'mask ffffff80', 'cmp neq 0a010200', 'counter 0 0'],
    ],
    [
      '-A FOO -i eth0 -o br+',
      ['meta iifname', 'cmp eq 6574683000', 'meta oifname', 'cmp eq 6272', 'counter 0 0'],
    ],
    ['-A FOO ! -i +', ['meta iifname', 'cmp eq 494e56414c2f4400', 'counter 0 0']],
    ['-A FOO -f', ['payload 2b @ network + 6', 'mask 1fff', 'cmp neq 0000', 'counter 0 0']],
    [
      '-A FOO -p tcp -m tcp --sport 3 ! --dport 22:80 --tcp-flags SYN,ACK SYN',
      [
        'payload 1b @ network + 9',
        'cmp eq 06',
        'payload 1b @ transport + 13',
        'mask 12',
        'cmp eq 02',
        'payload 2b @ transport + 0',
        'cmp eq 0003',
        'payload 2b @ transport + 2',
        'range neq 0016 0050',
        'counter 0 0',
      ],
    ],
    ['-A FOO -p udp -m udp', ['payload 1b @ network + 9', 'cmp eq 11', 'match udp', 'counter 0 0']],
    [
      '-A FOO -p tcp -m tcp --tcp-option 5',
      ['payload 1b @ network + 9', 'cmp eq 06', 'match tcp', 'counter 0 0'],
    ],
    [
      '-A FOO -m mark --mark 0x1/0x3',
      ['meta mark', 'mask 03000000', 'cmp eq 01000000', 'counter 0 0'],
    ],
    ['-A FOO -m limit --limit 3/min', ['limit 3/60 burst 5', 'counter 0 0']],
    [
      '-A FOO -m state --state NEW -m comment --comment x',
      ['match conntrack', 'match comment', 'counter 0 0'],
    ],
    ['-A FOO -j LOG', ['counter 0 0', 'target LOG']],
    ['-A FOO -j NFLOG', ['counter 0 0', 'log']],
    ['-A FOO -j TRACE', ['counter 0 0', '01', 'meta-set']],
    ['-A FOO -c 3 4 -g FOO', ['counter 3 4', 'verdict goto']],
  ])('%s', (rule, operations) => {
    expect(lowered(rule)).toEqual(operations);
  });

  it('tests the protocol of IPv6 behind its extension headers', () => {
    expect(lowered('-A FOO -s fd00::/16 ! -p tcp', 'ip6')).toEqual([
      'payload 2b @ network + 8',
      'cmp eq fd00',
      'meta l4proto',
      'cmp neq 06',
      'counter 0 0',
    ]);
  });

  it('starts with counters only when asked', () => {
    expect(lowered('[7:8] -A FOO')).toEqual(['counter 0 0']);
    expect(lowered('[7:8] -A FOO', 'ip', { counters: true })).toEqual(['counter 7 8']);
  });

  it('carries the options of extensions as data', () => {
    const text =
      '*nat\n-A POSTROUTING -p tcp -j SNAT --to-source 1.2.3.4:80-90 --persistent\nCOMMIT\n';
    const { value } = loadIptablesSave(text, { family: 'ip' });
    const [rule] = lowerIptables(value).value.tables[0]?.chains[0]?.rules ?? [];
    const target = rule?.operations.at(-1);
    expect(target).toMatchObject({
      kind: 'target',
      target: {
        name: 'SNAT',
        options: {
          kind: 'SNAT',
          addresses: { from: Uint8Array.of(1, 2, 3, 4) },
          ports: { from: 80, to: 90 },
          persistent: true,
          random: false,
        },
      },
    });
  });

  it('has the base chains that the text needs, in its order', () => {
    const text = '*filter\n:FOO - [0:0]\n-A OUTPUT -j FOO\n-A INPUT -j FOO\nCOMMIT\n';
    const { value } = loadIptablesSave(text, { family: 'ip' });
    const chains = lowerIptables(value).value.tables[0]?.chains;
    expect(chains?.map(({ name, base }) => [name, base?.hook])).toEqual([
      ['FOO', undefined],
      ['OUTPUT', 'output'],
      ['INPUT', 'input'],
    ]);
  });
});

describe('iptables-legacy', () => {
  it('keeps every match and target one of xtables', () => {
    expect(
      lowered('-A FOO -p tcp -m tcp --dport 5 -m mark --mark 1 -j NFLOG', 'ip', {
        loader: 'iptables-legacy',
      }),
    ).toEqual([
      'payload 1b @ network + 9',
      'cmp eq 06',
      'match tcp',
      'match mark',
      'counter 0 0',
      'target NFLOG',
    ]);
  });

  it('has all built-in chains of a table', () => {
    const { value } = loadIptablesSave('*raw\nCOMMIT\n', { family: 'ip' });
    const { tables } = lowerIptables(value, { loader: 'iptables-legacy' }).value;
    expect(tables[0]?.chains.map(({ name }) => name)).toEqual(['PREROUTING', 'OUTPUT']);
  });
});
