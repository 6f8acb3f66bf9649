/** Reads rules as `nft --debug=netlink` prints them back into a program, so that raising can be checked by itself. */

import { generatedSpan } from '../../src/base/span.ts';
import { hostIntegerType, invalidType } from '../../src/datatypes/basic.ts';
import { paddedBits } from '../../src/datatypes/concat.ts';
import type { Datatype } from '../../src/datatypes/datatype.ts';
import { datatypeByName, fieldDatatype } from '../../src/datatypes/registry.ts';
import { ctKeys } from '../../src/fields/ct.ts';
import type { Family } from '../../src/fields/families.ts';
import { metaKeys } from '../../src/fields/meta.ts';
import {
  fibResults,
  ipsecKeys,
  rtKeys,
  socketKeys,
  tunnelKeys,
} from '../../src/fields/other-keys.ts';
import type { Operation, Verdict } from '../../src/model/operations.ts';
import type {
  ProgramElement,
  ProgramSet,
  ProgramTable,
  SetField,
} from '../../src/model/program.ts';

const span = generatedSpan;

/** What a register holds: only what is needed to lay constants out in memory. */
interface Held {
  readonly type: Datatype;
  readonly host: boolean;
  readonly bytes: number;
}

type Register = Held & { readonly key?: string };

export interface NamedSet {
  readonly name: string;
  readonly key: readonly SetField[];
  readonly data?: readonly SetField[];
  readonly verdict?: boolean;
  readonly interval: boolean;
}

const declared = /^add (?:set|map) \S+ \S+ (\S+) \{\s*type ([^;:]+?)\s*(?::\s*([^;]+?))?\s*;(.*)\}/;

function fieldsOf(names: string): SetField[] {
  return names.split(/\s*\.\s*/).map((name) => {
    const type = datatypeByName(name) ?? invalidType;
    return { type, length: Math.ceil(type.bits / 8) };
  });
}

/** Named sets of the commands that prepare a case; only `type` declarations. */
export function readDeclarations(setup: readonly string[]): NamedSet[] {
  return setup.flatMap((command) => {
    const match = declared.exec(command);
    if (match === null) return [];
    const [, name = '', key = '', data, rest = ''] = match;
    return [
      {
        name,
        key: fieldsOf(key),
        interval: rest.includes('interval'),
        ...(data === undefined || data === 'verdict' ? {} : { data: fieldsOf(data) }),
        verdict: data === 'verdict',
      },
    ];
  });
}

function hexBytes(hex: string, host: boolean): Uint8Array {
  const digits = hex.replace(/0x|\s/g, '');
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
  return host ? bytes.reverse() : bytes;
}

function fieldLength(fields: readonly SetField[]): number {
  return fields.length === 1
    ? (fields[0]?.length ?? 0)
    : fields.reduce((sum, field) => sum + paddedBits(field.length * 8) / 8, 0);
}

function joinFields(
  texts: readonly string[],
  fields: readonly SetField[],
  interval: boolean,
): Uint8Array {
  if (fields.length === 1 && fields[0] !== undefined) {
    return hexBytes(texts[0] ?? '', hostOrder(fields[0], interval));
  }
  const bytes = new Uint8Array(fieldLength(fields));
  let position = 0;
  fields.forEach((field, index) => {
    bytes.set(hexBytes(texts[index] ?? '', hostOrder(field, interval)), position);
    position += paddedBits(field.length * 8) / 8;
  });
  return bytes;
}

function hostOrder({ type }: SetField, interval: boolean): boolean {
  return type.byteOrder === 'host' && type.base !== 'string' && !interval;
}

function decrement(bytes: Uint8Array): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let index = result.length - 1; index >= 0; index--) {
    const byte = result[index] ?? 0;
    result[index] = (byte - 1) & 255;
    if (byte !== 0) break;
  }
  return result;
}

function readVerdict(text: string): Verdict {
  const [kind, chain = ''] = text.replace('->', '').trim().split(/\s+/);
  if (kind === 'jump' || kind === 'goto') return { kind, chain };
  if (kind === 'accept' || kind === 'drop' || kind === 'continue' || kind === 'return')
    return { kind };
  throw new Error(`verdict ${text}`);
}

interface RawSet {
  readonly name: string;
  readonly flags: number;
  readonly elements: readonly string[];
}

/** Reads the text of one rule; throws on what it does not know. */
export class BytecodeReader {
  private readonly registers = new Map<number, Register>();
  private readonly operations: Operation[] = [];
  private readonly sets: ProgramSet[] = [];
  private readonly rawSets: RawSet[];
  private readonly lines: string[];
  private readonly family: Family;
  private readonly named: ReadonlyMap<string, NamedSet>;

  constructor(text: string, family: Family, named: readonly NamedSet[]) {
    this.family = family;
    this.named = new Map(named.map((set) => [set.name, set]));
    const all = text.split('\n');
    this.rawSets = readRawSets(all);
    this.lines = all.filter((line) => /^\s+\[/.test(line)).map((line) => line.trim());
  }

  read(): ProgramTable {
    this.lines.forEach((line, index) => {
      this.readLine(line.slice(2, -2), index);
    });
    for (const set of this.named.values()) this.sets.push(this.namedSet(set));
    return {
      family: this.family,
      name: 't',
      loader: 'nft',
      dormant: false,
      chains: [{ name: 'c', rules: [{ operations: this.operations, span }], span }],
      sets: this.sets,
      objects: [],
      flowtables: [],
      span,
    };
  }

  private namedSet(set: NamedSet): ProgramSet {
    return {
      ...emptySet(set.name, set.key, set.interval),
      ...(set.verdict ? { map: { kind: 'verdict' } } : {}),
      ...(set.data === undefined
        ? {}
        : {
            map: { kind: 'data', fields: set.data, length: fieldLength(set.data), interval: false },
          }),
    };
  }

  private readLine(line: string, index: number): void {
    const operation = this.parse(line, index);
    if (operation !== undefined) this.operations.push(operation);
  }

  private set(register: number, held: Register): void {
    this.registers.set(word(register), held);
  }

  private get(register: number): Register {
    return this.registers.get(word(register)) ?? { type: invalidType, host: false, bytes: 0 };
  }

  private load(line: string): Operation {
    const destination = Number(/=> reg (\d+)/.exec(line)?.[1]);
    const words = line.split(' ');
    const [kind = ''] = words;
    if (kind === 'payload') {
      const [, length = '', base = '', offset = ''] =
        /load (\d+)b @ (\w+) header \+ (\d+)/.exec(line) ?? [];
      const type = payloadType(base, Number(offset), Number(length), this.family);
      this.set(destination, { type, host: false, bytes: Number(length) });
      return {
        kind: 'payload',
        base: base as 'network',
        offset: Number(offset),
        length: Number(length),
        destination,
      };
    }
    const key = words[2] ?? '';
    if (kind === 'meta') {
      const row = metaKeys.find(({ listing }) => listing === key);
      if (row === undefined) throw new Error(line);
      this.hold(destination, row);
      return { kind, key, destination };
    }
    if (kind === 'ct') {
      const row = ctKeys.find(({ listing }) => listing === key);
      if (row === undefined) throw new Error(line);
      this.hold(destination, row);
      const direction = /dir (\w+)/.exec(line)?.[1] as 'original' | undefined;
      return { kind, key, destination, ...(direction === undefined ? {} : { direction }) };
    }
    if (kind === 'rt') {
      this.hold(
        destination,
        rtKeys.find(({ listing }) => listing === key),
      );
      return { kind, key: key as 'classid', destination };
    }
    if (kind === 'socket') {
      this.hold(
        destination,
        socketKeys.find(({ listing }) => listing === key),
      );
      return { kind, key: key as 'mark', destination };
    }
    if (kind === 'tunnel') {
      this.hold(
        destination,
        tunnelKeys.find(({ listing }) => listing === key),
      );
      return { kind, key: key as 'id', destination };
    }
    if (kind === 'xfrm') {
      const listing = words[4] ?? '';
      this.hold(
        destination,
        ipsecKeys.find((row) => row.listing === listing),
      );
      return {
        kind,
        direction: words[2] as 'in',
        spnum: Number(words[3]),
        key: listing,
        destination,
      };
    }
    throw new Error(line);
  }

  private hold(
    register: number,
    row: { type: string; bits: number; byteOrder: 'host' | 'big' } | undefined,
  ): void {
    if (row === undefined) throw new Error('unknown key');
    const type = fieldDatatype(row.type, row.byteOrder);
    const host = row.byteOrder === 'host' && type.base !== 'string';
    this.set(register, { type, host, bytes: Math.ceil(row.bits / 8) });
  }

  private parse(line: string, index: number): Operation | undefined {
    const [kind = ''] = line.split(' ');
    switch (kind) {
      case 'payload':
        if (line.startsWith('payload write')) return parsePayloadWrite(line);
        return this.load(line);
      case 'meta':
      case 'ct': {
        const [, key = '', source = ''] = /set (\w+) with reg (\d+)/.exec(line) ?? [];
        if (source === '') return this.load(line);
        const direction = /dir (\w+)/.exec(line)?.[1] as 'original' | undefined;
        if (kind === 'meta') return { kind: 'meta-set', key, source: Number(source) };
        return {
          kind: 'ct-set',
          key,
          source: Number(source),
          ...(direction === undefined ? {} : { direction }),
        };
      }
      case 'rt':
      case 'socket':
      case 'tunnel':
      case 'xfrm':
        return this.load(line);
      case 'cmp': {
        const [, operator = '', register = '', data = ''] =
          /cmp (\w+) reg (\d+) (.*)/.exec(line) ?? [];
        const source = Number(register);
        return { kind, operator: operator as 'eq', source, data: this.constant(source, data) };
      }
      case 'range': {
        const [, operator = '', register = '', data = ''] =
          /range (\w+) reg (\d+) (.*)/.exec(line) ?? [];
        const source = Number(register);
        const words = data.trim().split(' ');
        const from = words.slice(0, words.length / 2).join(' ');
        const to = words.slice(words.length / 2).join(' ');
        return {
          kind,
          operator: operator as 'eq',
          source,
          from: this.constant(source, from),
          to: this.constant(source, to),
        };
      }
      case 'bitwise':
        return this.bitwise(line);
      case 'byteorder': {
        const [, destination = '', operator = '', source = '', size = '', length = ''] =
          /reg (\d+) = (\w+)\(reg (\d+), (\d+), (\d+)\)/.exec(line) ?? [];
        const held = this.get(Number(source));
        this.set(Number(destination), { ...held, host: operator === 'ntoh' });
        return {
          kind,
          operator: operator as 'hton',
          source: Number(source),
          destination: Number(destination),
          length: Number(length),
          size: Number(size),
        };
      }
      case 'immediate':
        return this.immediate(line, index);
      case 'lookup':
        return this.lookup(line, index);
      case 'exthdr':
        return this.exthdr(line);
      case 'fib': {
        const [, flags = '', result = '', present, destination = ''] =
          /fib (.*) (\w+?)( present)? => reg (\d+)/.exec(line) ?? [];
        this.hold(
          Number(destination),
          present === undefined
            ? fibResults.find(({ listing }) => listing === result)
            : { type: 'boolean', bits: 8, byteOrder: 'host' },
        );
        return {
          kind,
          flags: flags.split(' . ') as 'iif'[],
          result: (result === 'type' ? 'addrtype' : result) as 'oif',
          present: present !== undefined,
          destination: Number(destination),
        };
      }
      case 'numgen': {
        const [, destination = '', mode = '', modulus = '', offset = '0'] =
          /reg (\d+) = (\w+) mod (\d+)(?: offset (\d+))?/.exec(line) ?? [];
        this.set(Number(destination), { type: hostIntegerType, host: true, bytes: 4 });
        return {
          kind,
          mode: mode as 'inc',
          modulus: Number(modulus),
          offset: Number(offset),
          destination: Number(destination),
        };
      }
      case 'hash': {
        const [, destination = '', source, length, seed, modulus = '', offset = '0'] =
          /reg (\d+) = \w+\((?:reg (\d+), (\d+), (0x[0-9a-f]+))?\) % mod (\d+)(?: offset (\d+))?/.exec(
            line,
          ) ?? [];
        this.set(Number(destination), { type: hostIntegerType, host: true, bytes: 4 });
        const base = {
          modulus: Number(modulus),
          offset: Number(offset),
          destination: Number(destination),
        };
        if (source === undefined) return { kind, type: 'symmetric', ...base };
        return {
          kind,
          type: 'jenkins',
          source: Number(source),
          length: Number(length),
          seed: Number(seed),
          ...base,
        };
      }
      case 'inner': {
        const [, type = '', headerSize = '', flags = '', rest = ''] =
          /inner type (\d+) hdrsize (\d+) flags (\w+) \[ (.*) \]/.exec(line) ?? [];
        const operation = this.load(rest);
        if (operation.kind !== 'payload' && operation.kind !== 'meta') throw new Error(line);
        return {
          kind,
          type: Number(type),
          headerSize: Number(headerSize),
          flags: Number.parseInt(flags, 16),
          operation,
        };
      }
      case 'dynset':
        return parseDynset(line);
      case 'objref':
        return this.objref(line);
      default:
        return parseStatement(line);
    }
  }

  private constant(register: number, hex: string): Uint8Array {
    const held = this.get(register);
    const parts: Uint8Array[] = [];
    const digits = hex.replace(/0x|\s/g, '');
    if (held.bytes > 0 && digits.length / 2 > held.bytes) {
      let at = word(register);
      let rest = digits;
      while (rest.length > 0) {
        const next = this.registers.get(at) ?? { host: false, bytes: 4 };
        const size = paddedBits(next.bytes * 8) / 8;
        const piece = hexBytes(rest.slice(0, 2 * next.bytes), next.host);
        const padded = new Uint8Array(size);
        padded.set(piece);
        parts.push(padded);
        rest = rest.slice(2 * size);
        at += size / 4;
      }
      return Uint8Array.from(parts.flatMap((part) => [...part]));
    }
    return hexBytes(hex, held.host);
  }

  private bitwise(line: string): Operation {
    const two = /reg (\d+) = \( reg (\d+) ([&|^]) reg (\d+) \)/.exec(line);
    if (two !== null) {
      const [, destination = '', source = '', sign = '', source2 = ''] = two;
      const held = this.get(Number(source));
      this.set(Number(destination), held);
      return {
        kind: 'bitwise',
        operator: ({ '&': 'and', '|': 'or', '^': 'xor' } as const)[sign as '&'],
        source: Number(source),
        source2: Number(source2),
        destination: Number(destination),
        length: held.bytes,
      };
    }
    const shift = /reg (\d+) = \( reg (\d+) (<<|>>) (0x\w+) \)/.exec(line);
    if (shift !== null) {
      const [, destination = '', source = '', sign = '', bits = ''] = shift;
      const held = this.get(Number(source));
      this.set(Number(destination), held);
      return {
        kind: 'bitwise',
        operator: sign === '<<' ? 'lshift' : 'rshift',
        source: Number(source),
        destination: Number(destination),
        length: held.bytes,
        bits: Number(bits),
      };
    }
    const [, destination = '', source = '', mask = '', xor = ''] =
      /reg (\d+) = \( reg (\d+) & (.*?) \) \^ (.*)/.exec(line) ?? [];
    const held = this.get(Number(source));
    this.set(Number(destination), held);
    return {
      kind: 'bitwise',
      operator: 'mask-xor',
      source: Number(source),
      destination: Number(destination),
      length: hexBytes(mask, false).length,
      mask: hexBytes(mask, held.host || hexBytes(mask, false).length > held.bytes),
      xor: hexBytes(xor, held.host || hexBytes(mask, false).length > held.bytes),
    };
  }

  private immediate(line: string, index: number): Operation {
    const [, register = '', data = ''] = /immediate reg (\d+) (.*)/.exec(line) ?? [];
    const destination = Number(register);
    if (destination === 0) return { kind: 'immediate', destination, data: readVerdict(data) };
    const consumer = this.consumer(destination, index);
    const bytes = hexBytes(data, consumer.host);
    this.set(destination, { ...consumer, bytes: bytes.length });
    return { kind: 'immediate', destination, data: bytes };
  }

  /** The type that the next reader of the register gives it. */
  private consumer(register: number, index: number): Held {
    for (const line of this.lines.slice(index + 1)) {
      if (
        !new RegExp(
          `(reg|reg_key|sreg_data|sreg_dev|sreg_addr|min|max|addr|port) (reg )?${register}\\b`,
        ).test(line)
      )
        continue;
      const meta = /\[ (meta|ct) set (\w+) with/.exec(line);
      if (meta !== null) {
        const rows = meta[1] === 'meta' ? metaKeys : ctKeys;
        const row = rows.find(({ listing }) => listing === meta[2]);
        if (row === undefined) break;
        const type = fieldDatatype(row.type, row.byteOrder);
        return { type, host: row.byteOrder === 'host', bytes: Math.ceil(row.bits / 8) };
      }
      if (line.includes(`sreg_dev ${register}`)) {
        return { type: datatypeByName('iface_index') ?? invalidType, host: true, bytes: 4 };
      }
      if (
        line.includes('nat ') ||
        line.includes('tproxy') ||
        line.includes('dup') ||
        line.includes('fwd')
      ) {
        const port = new RegExp(`(proto_min|proto_max|port) reg ${register}\\b`).test(line);
        const name = port ? 'inet_service' : / ip6 /.test(line) ? 'ipv6_addr' : 'ipv4_addr';
        const type = datatypeByName(name) ?? invalidType;
        return { type, host: false, bytes: type.bits / 8 };
      }
      if (/masq|redir/.test(line))
        return { type: datatypeByName('inet_service') ?? invalidType, host: false, bytes: 2 };
      break;
    }
    return { type: invalidType, host: false, bytes: 0 };
  }

  private lookup(line: string, index: number): Operation {
    const [, register = '', name = '', dreg, inverted] =
      /lookup reg (\d+) set (\S+)(?: dreg (\d+))?( 0x1)?/.exec(line) ?? [];
    const source = Number(register);
    const destination = dreg === undefined ? undefined : Number(dreg);
    const set = name.includes('%d') ? this.anonymous(name, source, destination, index) : name;
    if (destination !== undefined && destination !== 0) {
      const known = this.sets.find((candidate) => candidate.name === set)?.map;
      const fields = known?.kind === 'data' ? known.fields : (this.named.get(set)?.data ?? []);
      let at = destination >= 8 ? destination : 8 + (destination - 1) * 4;
      for (const field of fields) {
        this.set(at, { type: field.type, host: hostOrder(field, false), bytes: field.length });
        at += Math.ceil(field.length / 4);
      }
    }
    return {
      kind: 'lookup',
      set,
      source,
      inverted: inverted !== undefined,
      ...(destination === undefined ? {} : { destination }),
    };
  }

  /** The next anonymous set of the listing, typed by what is looked up. */
  private anonymous(
    name: string,
    source: number,
    destination: number | undefined,
    index: number,
  ): string {
    const raw = this.rawSets[this.sets.length];
    if (raw === undefined || raw.name !== name) throw new Error('sets out of order');
    const interval = (raw.flags & 4) !== 0;
    const first = raw.elements.find((item) => item.includes(':')) ?? raw.elements[0] ?? '';
    const count = (first.split(' : ')[0]?.split(' - ')[0]?.split(' . ') ?? []).length;
    const key = this.keyFields(source, count);
    const object = (raw.flags & 0x40) !== 0;
    const data =
      destination === undefined || destination === 0 || object
        ? undefined
        : this.dataFields(destination, index, first);
    const set = `${name}${this.sets.length}`;
    this.sets.push({
      ...emptySet(set, key, interval),
      anonymous: true,
      constant: true,
      elements: readElements(raw, key, interval, data?.fields),
      ...(destination === 0 ? { map: { kind: 'verdict' } } : {}),
      ...(object ? { map: { kind: 'object', type: this.objectKind(index) } } : {}),
      ...(data === undefined
        ? {}
        : {
            map: {
              kind: 'data',
              fields: data.fields,
              length: fieldLength(data.fields) * (data.interval ? 2 : 1),
              interval: data.interval,
            },
          }),
    });
    return set;
  }

  private objectKind(_index: number): 'counter' {
    return 'counter';
  }

  private keyFields(source: number, count: number): SetField[] {
    const fields: SetField[] = [];
    let at = word(source);
    for (let index = 0; index < count; index++) {
      const held = this.registers.get(at) ?? { type: invalidType, host: false, bytes: 4 };
      const order = held.host ? 'host' : 'big';
      const type: Datatype =
        held.type.base === 'string' ? held.type : { ...held.type, byteOrder: order };
      fields.push({ type, length: held.bytes });
      at += Math.ceil(held.bytes / 4);
    }
    return fields;
  }

  private dataFields(
    destination: number,
    index: number,
    first: string,
  ): { fields: SetField[]; interval: boolean } {
    const consumer = this.consumer(destination, index);
    const parts = (first.split(' : ')[1] ?? '')
      .replace(/ flags.*/, '')
      .trim()
      .split(' . ');
    const nat = this.lines.slice(index + 1).find((line) => /\[ nat /.test(line));
    const address: SetField = { type: consumer.type, length: consumer.bytes || 4 };
    const port: SetField = { type: datatypeByName('inet_service') ?? invalidType, length: 2 };
    if (nat === undefined || parts.length === 1) return { fields: [address], interval: false };
    if (parts.length === 4) return { fields: [address, port], interval: true };
    const interval = nat.includes('addr_max');
    return { fields: interval ? [address] : [address, port], interval };
  }

  private exthdr(line: string): Operation {
    const reset = /exthdr reset tcpopt (\d+)/.exec(line);
    if (reset !== null) return { kind: 'exthdr-reset', operator: 'tcpopt', type: Number(reset[1]) };
    const write = /exthdr write tcpopt reg (\d+) => (\d+)b @ (\d+) \+ (\d+)/.exec(line);
    if (write !== null) {
      const [source = 0, length = 0, type = 0, offset = 0] = write.slice(1).map(Number);
      return { kind: 'exthdr-write', operator: 'tcpopt', type, offset, length, source };
    }
    const [, operator = '', length = '', type = '', offset = '', present, destination = ''] =
      /exthdr load (\w+ )?(\d+)b @ (\d+) \+ (\d+)( present)? => reg (\d+)/.exec(line) ?? [];
    this.set(Number(destination), {
      type: { ...fieldDatatype('integer', 'big') },
      host: false,
      bytes: Number(length),
    });
    return {
      kind: 'exthdr',
      operator: (operator.trim() || 'sctp') as 'ipv6',
      type: Number(type),
      offset: Number(offset),
      length: Number(length),
      present: present !== undefined,
      destination: Number(destination),
    };
  }

  private objref(line: string): Operation {
    const named = /objref type (\d+) name (\S+)/.exec(line);
    const kinds = [
      '',
      'counter',
      'quota',
      'ct-helper',
      'limit',
      'connlimit',
      'tunnel',
      'ct-timeout',
      'secmark',
      'ct-expectation',
      'synproxy',
    ] as const;
    if (named !== null) {
      const type = kinds[Number(named[1])];
      if (type === undefined || type === '') throw new Error(line);
      return { kind: 'objref', target: { type, name: named[2] ?? '' } };
    }
    const [, register = '', name = ''] = /objref sreg (\d+) set (\S+)/.exec(line) ?? [];
    const source = Number(register);
    return { kind: 'objref', target: { set: this.anonymous(name, source, 1, 0), source } };
  }
}

function emptySet(name: string, key: readonly SetField[], interval: boolean): ProgramSet {
  return {
    name,
    anonymous: false,
    constant: false,
    interval,
    dynamic: false,
    autoMerge: false,
    timeout: false,
    policy: 'performance',
    key,
    keyLength: fieldLength(key),
    operations: [],
    elements: [],
    span,
  };
}

function word(register: number): number {
  return register >= 8 ? register - 8 : (register - 1) * 4;
}

function payloadType(base: string, offset: number, length: number, family: Family): Datatype {
  const name =
    base === 'network' && length === 16
      ? 'ipv6_addr'
      : base === 'network' && length === 4 && (offset === 12 || offset === 16)
        ? 'ipv4_addr'
        : family === 'arp' && length === 4
          ? 'ipv4_addr'
          : base === 'link' && length === 6
            ? 'ether_addr'
            : 'integer';
  return fieldDatatype(name, 'big');
}

function readRawSets(lines: readonly string[]): RawSet[] {
  const sets: RawSet[] = [];
  lines.forEach((line, index) => {
    const match = /^family \d+ (__(?:set|map|objmap)%d) \S+ ([0-9a-f]+)/.exec(line);
    const elements = lines[index + 2];
    if (match === null || match[2] === '0' || elements === undefined) return;
    const items = elements
      .split('\telement ')
      .slice(1)
      .map((item) => item.trim());
    sets.push({
      name: match[1] ?? '',
      flags: Number.parseInt(match[2] ?? '0', 16),
      elements: items,
    });
  });
  return sets;
}

function readElements(
  raw: RawSet,
  key: readonly SetField[],
  interval: boolean,
  data: readonly SetField[] | undefined,
): ProgramElement[] {
  const elements: { -readonly [Name in keyof ProgramElement]: ProgramElement[Name] }[] = [];
  const halfOpen = interval && key.length === 1;
  let open = false;
  for (const item of raw.elements) {
    const text = item.replace(/\s+userdata.*/, '');
    const end = / flags 1$/.test(text);
    const [keyText = '', dataText] = text.replace(/ flags \d+$/, '').split(' : ');
    const [from = '', to] = keyText.split(' - ');
    const bytes = joinFields(from.split(' . '), key, interval);
    const last = elements.at(-1);
    if (halfOpen && end) {
      if (open && last !== undefined) last.keyEnd = decrement(bytes);
      open = false;
      continue;
    }
    if (halfOpen && open && last !== undefined) last.keyEnd = decrement(bytes);
    const element: (typeof elements)[number] = { key: bytes };
    if (to !== undefined) element.keyEnd = joinFields(to.split(' . '), key, interval);
    if (dataText !== undefined) Object.assign(element, readData(dataText, data));
    elements.push(element);
    open = halfOpen;
  }
  const last = elements.at(-1);
  if (open && last?.key !== undefined) last.keyEnd = last.key.map(() => 255);
  return elements;
}

function readData(
  text: string,
  fields: readonly SetField[] | undefined,
): Pick<ProgramElement, 'data' | 'dataEnd'> {
  if (fields === undefined) {
    if (/^(accept|drop|continue|return|jump|goto)\b/.test(text)) return { data: readVerdict(text) };
    return { data: { object: text.trim() } };
  }
  const parts = text.trim().split(' . ');
  if (parts.length === 2 * fields.length) {
    return {
      data: joinFields(parts.slice(0, fields.length), fields, false),
      dataEnd: joinFields(parts.slice(fields.length), fields, false),
    };
  }
  return { data: joinFields(parts, fields, false) };
}

function numbered(line: string, name: string): number | undefined {
  const match = new RegExp(`\\b${name} (?:reg )?(0x[0-9a-f]+|\\d+)`).exec(line);
  return match === null ? undefined : Number(match[1]);
}

function optional<Name extends string>(name: Name, value: number | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: number };
}

function parsePayloadWrite(line: string): Operation {
  const [
    ,
    source = '',
    length = '',
    base = '',
    offset = '',
    csum = '',
    csumOffset = '',
    flags = '',
  ] =
    /write reg (\d+) => (\d+)b @ (\w+) header \+ (\d+) csum_type (\d) csum_off (\d+) csum_flags (\w+)/.exec(
      line,
    ) ?? [];
  return {
    kind: 'payload-write',
    base: base as 'network',
    offset: Number(offset),
    length: Number(length),
    source: Number(source),
    checksumType: (['none', 'inet', 'sctp'] as const)[Number(csum)] ?? 'none',
    checksumOffset: Number(csumOffset),
    pseudoHeader: Number(flags) === 1,
  };
}

function parseDynset(line: string): Operation {
  const [, operator = '', key = '', set = ''] =
    /dynset (\w+) reg_key (\d+) set (\S+)/.exec(line) ?? [];
  const expression = /expr \[ (.*) \]/.exec(line)?.[1];
  const inner = expression === undefined ? undefined : parseStatement(expression);
  const timeout = /timeout (\d+)ms/.exec(line)?.[1];
  return {
    kind: 'dynset',
    operator: operator as 'add',
    set,
    key: Number(key),
    inverted: false,
    operations: inner === undefined ? [] : [inner],
    ...optional('data', numbered(line, 'sreg_data')),
    ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
  };
}

const perSeconds = { second: 1, minute: 60, hour: 3600, day: 86400, week: 604800 } as const;

function parseStatement(line: string): Operation {
  const [kind = ''] = line.split(' ');
  switch (kind) {
    case 'counter':
      return {
        kind,
        packets: BigInt(numbered(line, 'pkts') ?? 0),
        bytes: BigInt(numbered(line, 'bytes') ?? 0),
      };
    case 'limit': {
      const [, rate = '', per = '', burst = '', type = '', flags = ''] =
        /rate (\d+)\/(\w+) burst (\d+) type (\w+) flags (\w+)/.exec(line) ?? [];
      return {
        kind,
        rate: BigInt(rate),
        per: perSeconds[per as 'second'],
        burst: Number(burst),
        type: type as 'packets',
        inverted: Number(flags) === 1,
      };
    }
    case 'quota':
      return {
        kind,
        bytes: BigInt(numbered(line, 'bytes') ?? 0),
        consumed: BigInt(numbered(line, 'consumed') ?? 0),
        inverted: numbered(line, 'flags') === 1,
      };
    case 'connlimit':
      return { kind, count: numbered(line, 'count') ?? 0, inverted: numbered(line, 'flags') === 1 };
    case 'log': {
      const prefix = /prefix (.*?)(?= group \d| level \d|$)/.exec(line)?.[1];
      const level = numbered(line, 'level');
      const names = [
        ['tcpseq', 1],
        ['tcpopt', 2],
        ['ipopt', 4],
        ['uid', 8],
        ['macdecode', 32],
      ] as const;
      const flags = names.reduce(
        (sum, [name, bit]) => (line.includes(` ${name}`) ? sum | bit : sum),
        0,
      );
      return {
        kind,
        ...(prefix === undefined ? {} : { prefix }),
        ...optional('group', numbered(line, 'group')),
        ...optional('snaplen', numbered(line, 'snaplen')),
        ...optional('queueThreshold', numbered(line, 'qthreshold')),
        ...optional('level', level),
        ...(flags === 0 ? {} : { flags }),
      };
    }
    case 'reject':
      return { kind, type: (numbered(line, 'type') ?? 0) as 0, code: numbered(line, 'code') ?? 0 };
    case 'notrack':
      return { kind };
    case 'synproxy': {
      const mss = numbered(line, 'mss') ?? 0;
      const wscale = numbered(line, 'wscale') ?? 0;
      return { kind, mss, wscale, flags: 0 };
    }
    case 'nat': {
      const [, type = '', family = ''] = /nat (\w+) (\w+)/.exec(line) ?? [];
      return {
        kind,
        type: type as 'snat',
        family: family as 'ip',
        flags: numbered(line, 'flags') ?? 0,
        ...optional('addressMin', numbered(line, 'addr_min')),
        ...optional('addressMax', numbered(line, 'addr_max')),
        ...optional('protocolMin', numbered(line, 'proto_min')),
        ...optional('protocolMax', numbered(line, 'proto_max')),
      };
    }
    case 'masq':
    case 'redir':
      return {
        kind,
        flags: numbered(line, 'flags') ?? 0,
        ...optional('protocolMin', numbered(line, 'proto_min')),
        ...optional('protocolMax', numbered(line, 'proto_max')),
      };
    case 'tproxy':
      return {
        kind,
        family: (/tproxy (ip6?)/.exec(line)?.[1] ?? 'unspec') as 'ip',
        ...optional('address', numbered(line, 'addr')),
        ...optional('port', numbered(line, 'port')),
      };
    case 'dup':
      return {
        kind,
        ...optional('address', numbered(line, 'sreg_addr')),
        ...optional('device', numbered(line, 'sreg_dev')),
      };
    case 'fwd': {
      const family = numbered(line, 'nfproto');
      return {
        kind,
        device: numbered(line, 'sreg_dev') ?? 1,
        ...optional('address', numbered(line, 'sreg_addr')),
        ...(family === undefined ? {} : { family: family === 2 ? 'ip' : 'ip6' }),
      };
    }
    default:
      throw new Error(`unread: ${line}`);
  }
}
