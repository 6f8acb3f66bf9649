/** Lowering by shape gives what lowering one by one gives: programs, diagnostics and sets. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Script } from '../../../../src/ast/nft/script.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';
import { parseNft } from '../../../../src/formats/nft/parse.ts';
import { runScript } from '../../../../src/formats/nft/run-script.ts';
import { lowerIptables } from '../../../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../../../src/lower/lower.ts';
import { ShapedProgramRule } from '../../../../src/lower/shape/shaped-program-rule.ts';
import type { Program } from '../../../../src/model/program.ts';

/** Everything that programs say, whatever the objects are that say it. */
function plain({ tables }: Program): unknown {
  return tables.map((table) => ({
    chains: table.chains.map(({ name, base, rules }) => ({
      name,
      base,
      rules: rules.map(({ operations, comment, span }) => ({
        operations,
        comment,
        start: span.start,
        end: span.end,
      })),
    })),
    sets: table.sets.map((set) => ({
      name: set.name,
      interval: set.interval,
      anonymous: set.anonymous,
      constant: set.constant,
      key: set.key.map(({ type, length }) => [type.name, length]),
      map: set.map?.kind,
      elements: set.elements.map(({ key, keyEnd, data, span }) => ({
        key: key && [...key],
        keyEnd: keyEnd && [...keyEnd],
        data,
        start: span?.start,
        end: span?.end,
      })),
    })),
  }));
}

function elementsOf({ commands }: Script) {
  return commands.flatMap((command) =>
    'block' in command && command.block !== undefined && 'sets' in command.block
      ? command.block.sets.map(({ declaration }) => declaration.elements)
      : [],
  );
}

function bothWays(text: string) {
  const script = parseNft({ name: 'x', text }, { shapes: 'always' });
  expect(script.diagnostics).toEqual([]);
  const grammar = parseNft({ name: 'x', text }, { shapes: 'never' });
  expect(elementsOf(script.value)).toEqual(elementsOf(grammar.value));
  const ruleset = runScript(script).value;
  const fast = lower(ruleset);
  const slow = lower(ruleset, { byShape: false });
  expect(fast.diagnostics.map(({ code, message, span }) => [code, message, span.start])).toEqual(
    slow.diagnostics.map(({ code, message, span }) => [code, message, span.start]),
  );
  expect(plain(fast.value)).toEqual(plain(slow.value));
  return fast.value;
}

const listing = (lines: readonly string[], head = '') =>
  `table ip t {\n${head}\tchain other {\n\t}\n\n\tchain c {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n${lines
    .map((line) => `\t\t${line}\n`)
    .join('')}\t}\n}\n`;

/** Lines with holes: `#` a number, `@` an address, `$` a name in quotes, `&` a chain. */
const patterns = [
  'ip saddr @ tcp dport # counter packets # bytes # accept',
  'ip saddr @/# ip daddr != @/24 udp sport # drop',
  'meta mark # tcp flags syn / fin,syn jump &',
  'iifname $ oifname != $ goto &',
  'meta l4proto # drop',
  'ip protocol # ip daddr @ accept',
  'tcp dport # dnat to @:#',
  'meta mark set # ip dscp # return',
  'ip saddr @-@ tcp dport #-# accept',
  'numgen random mod 2 vmap { 0 : jump &, 1 : goto & }',
  'tcp dport { #, # } ip saddr { @, @ } drop',
  'ip length > # icmp type # accept',
  'ct mark & # == # log prefix $ accept',
  'limit rate #/second ip ttl < # accept comment $',
  'ip daddr . tcp dport vmap { @ . # : accept, @ . # : jump & }',
] as const;

const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.constantFrom(0, 1, 6, 17, 255, 256, 65535, 65536, 4294967295, 4294967296),
);
const octet = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(256));
const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
/** Octal numbers are not what they look like; some do not fit. */
const oddNumber = fc.oneof(number.map(String), fc.constantFrom('010', '0', '00', '080', '0x10'));
const oddAddress = fc.oneof(
  address,
  fc.constantFrom('0.0.0.0', '255.255.255.255', '10.0.0.010', '10.00.0.1'),
);
const name = fc.constantFrom(
  '"eth0"',
  '"cali1"',
  '"lo*"',
  '"*"',
  '"much-too-long-a-name"',
  '"a b"',
);
const chain = fc.constantFrom('other', 'other', 'nowhere', 'c');

const line = fc
  .constantFrom(...patterns)
  .chain((pattern) =>
    fc
      .tuple(
        ...[...pattern].map((letter) =>
          letter === '#'
            ? number.map(String)
            : letter === '@'
              ? address
              : letter === '$'
                ? name
                : letter === '&' && !pattern.includes('mark & #')
                  ? chain
                  : fc.constant(letter),
        ),
      )
      .map((parts) => parts.join('')),
  );

describe('rules of one shape', () => {
  it('mean what they mean one by one', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 5, maxLength: 40 }), (lines) => {
        bothWays(listing(lines));
      }),
      { numRuns: 60 },
    );
  });

  it('are lowered once', () => {
    const lines = Array.from(
      { length: 20 },
      (_, at) => `ip saddr 10.0.0.${at} tcp dport ${at} drop`,
    );
    const program = bothWays(listing(lines));
    const rules = program.tables[0]?.chains.find(({ name }) => name === 'c')?.rules ?? [];
    expect(rules.every((rule) => rule instanceof ShapedProgramRule)).toBe(true);
    const variants = rules.map((rule) => rule instanceof ShapedProgramRule && rule.variant);
    expect(new Set(variants).size).toBe(1);
  });
});

describe('elements of large sets', () => {
  const sets: readonly (readonly [string, string, fc.Arbitrary<string>])[] = [
    ['set', 'type ipv4_addr', address],
    [
      'set',
      'type ipv4_addr\n\t\tflags interval',
      fc.tuple(octet, octet).map(([a, b]) => `10.${a}.${b}.0/24`),
    ],
    [
      'set',
      'type ipv4_addr . inet_proto . inet_service',
      fc.tuple(address, number).map(([a, n]) => `${a} . tcp . ${n}`),
    ],
    [
      'map',
      'type ipv4_addr : verdict',
      fc.tuple(address, chain).map(([a, c]) => `${a} : jump ${c}`),
    ],
    ['map', 'type inet_service : mark', fc.tuple(number, number).map(([a, n]) => `${a} : ${n}`)],
    ['set', 'type ifname', name],
    [
      'set',
      'type ipv4_addr . inet_proto . inet_service',
      fc
        .tuple(oddAddress, fc.constantFrom('tcp', 'udp', '6', '017'), oddNumber)
        .map(([a, p, n]) => `${a} . ${p} . ${n}`),
    ],
    [
      'map',
      'type ipv4_addr : verdict',
      fc.tuple(oddAddress, fc.constantFrom('accept', 'drop')).map(([a, v]) => `${a} : ${v}`),
    ],
    [
      'set',
      'type ipv4_addr\n\t\tflags interval',
      fc.tuple(oddAddress, fc.constantFrom(8, 24, 32)).map(([a, n]) => `${a}/${n}`),
    ],
    ['set', 'type ipv6_addr', number.map((n) => `2001:db8::${(n % 65536).toString(16)}`)],
  ];

  it.each(sets)('%s %s', (kind, type, element) => {
    fc.assert(
      fc.property(fc.uniqueArray(element, { minLength: 3, maxLength: 60 }), (elements) => {
        const body = `\t\t${type}\n\t\telements = { ${elements.join(', ')} }\n`;
        bothWays(listing(['ip saddr 10.0.0.1 accept'], `\t${kind} s {\n${body}\t}\n\n`));
      }),
      { numRuns: 30 },
    );
  });

  it('stand in arrays', () => {
    const elements = Array.from({ length: 50 }, (_, at) => `10.0.0.${at}`).join(', ');
    const body = `\t\ttype ipv4_addr\n\t\telements = { ${elements} }\n`;
    const program = bothWays(listing([], `\tset s {\n${body}\t}\n\n`));
    expect(program.tables[0]?.sets[0]?.packed?.keys.length).toBe(200);
  });
});

describe('rules of iptables-save of one shape', () => {
  it('mean what they mean one by one', () => {
    const rules = Array.from({ length: 30 }, (_, at) => [
      `-A A -s 10.0.${at}.0/24 -p tcp -m comment --comment "n ${at}" -m tcp --dport ${at} -j B`,
      `-A B -d 10.0.0.${at}/32 -m statistic --mode random --probability 0.50000000000 -j A`,
      `-A B -i eth${at} -j MARK --set-xmark 0x4000/0x4000`,
    ]).flat();
    const text = `*mangle\n:A - [0:0]\n:B - [0:0]\n${rules.join('\n')}\nCOMMIT\n`;
    const { value, diagnostics } = loadIptablesSave(text, { family: 'ip' });
    expect(diagnostics).toEqual([]);
    const tables = value.tables.map((table) => ({
      ...table,
      rules: table.rules.map(({ chain, header, matches, target, span }) => ({
        chain,
        header,
        matches,
        target,
        span,
      })),
    }));
    const fast = lowerIptables(value);
    const slow = lowerIptables({ ...value, tables });
    expect(fast.diagnostics).toEqual(slow.diagnostics);
    expect(plain(fast.value)).toEqual(plain(slow.value));
  });
});
