/** Operations read one after the other into statements (nft: netlink_delinearize.c, netlink_parse_*). */

import { generatedSpan } from '../base/span.ts';
import { hostIntegerType, invalidType, stringType } from '../datatypes/basic.ts';
import type { HeaderRows } from '../fields/header.ts';
import { headerByName, headers } from '../fields/headers.ts';
import type {
  CmpOperation,
  HashOperation,
  InnerOperation,
  LookupOperation,
  Operation,
  OperationByKind,
  OperationKind,
  PerOperation,
  RangeOperation,
} from '../model/operations.ts';
import { numberFromBytes } from './bits.ts';
import { bitwiseTree } from './bitwise.ts';
import type { Draft } from './draft.ts';
import {
  ctTree,
  exthdrTree,
  fibLeaf,
  metaTree,
  numberLeaf,
  osfLeaf,
  rtLeaf,
  socketLeaf,
  tunnelLeaf,
  xfrmLeaf,
} from './loads.ts';
import { readMasq, readNat, readRedir, readTproxy } from './nat-operations.ts';
import { rawPayload } from './payload.ts';
import {
  getConcat,
  getRegister,
  getWide,
  type Reader,
  setRegister,
  splitConstant,
} from './reader.ts';
import { elementTrees } from './set-elements.ts';
import * as statements from './statement-operations.ts';
import type { PayloadTree, SetTree, Tree } from './tree.ts';
import { prefixTree, rangeTree, valueTree } from './tree.ts';

const span = generatedSpan;

/** Reads one operation: a load changes the registers, anything else adds a statement. */
export function readOperation(reader: Reader, operation: Operation): void {
  const before = reader.drafts.length;
  dispatch(operation, reader);
  for (const draft of reader.drafts.slice(before)) draft.span ??= operation.span;
}

function dispatch<Kind extends OperationKind>(
  operation: OperationByKind[Kind] & { readonly kind: Kind },
  reader: Reader,
): void {
  readers[operation.kind](operation, reader);
}

function push(reader: Reader, draft: Draft): void {
  reader.drafts.push(draft);
}

function readCmp(operation: CmpOperation, reader: Reader): void {
  const left = getRegister(reader, operation.source);
  const bits = operation.data.length * 8;
  const value = numberFromBytes(operation.data);
  const { operator } = operation;
  if (left.bits > bits && left.type.base !== 'string') {
    const address = valueTree(value << BigInt(left.bits - bits), left.bits);
    push(reader, { kind: 'match', operator, left, right: prefixTree(address, bits) });
  } else if (left.bits > 0 && left.bits < bits) {
    const concat = getConcat(reader, operation.source, bits);
    const parts = concat.kind === 'concat' ? concat.parts : [];
    const right = splitConstant(value, bits, parts);
    push(reader, { kind: 'match', operator, left: concat, right });
  } else {
    push(reader, { kind: 'match', operator, left, right: valueTree(value, bits) });
  }
}

function readRange(operation: RangeOperation, reader: Reader): void {
  const bits = operation.from.length * 8;
  const from = valueTree(numberFromBytes(operation.from), bits);
  const to = valueTree(numberFromBytes(operation.to), bits);
  const left = getRegister(reader, operation.source);
  push(reader, { kind: 'match', operator: operation.operator, left, right: rangeTree(from, to) });
}

/** A named set by its name, an anonymous one with its elements. */
export function setTree(reader: Reader, name: string): SetTree | undefined {
  const set = reader.scope.sets.get(name);
  if (set === undefined) return undefined;
  const [field] = set.key;
  const type = set.key.length === 1 && field !== undefined ? field.type : invalidType;
  const tree: SetTree = { kind: 'set', set, type, order: 'none', bits: 0 };
  return set.anonymous
    ? { ...tree, elements: elementTrees(set, reader.scope.settings.dialect) }
    : tree;
}

function readLookup(operation: LookupOperation, reader: Reader): void {
  const set = setTree(reader, operation.set);
  if (set === undefined) return;
  const key = getWide(reader, operation.source, set.set.keyLength * 8);
  if (operation.destination === undefined) {
    const operator = operation.inverted ? 'neq' : 'eq';
    push(reader, { kind: 'match', operator, left: key, right: set });
    return;
  }
  const data = set.set.map?.kind === 'data' ? set.set.map : undefined;
  const bits = (data?.length ?? 0) * 8;
  const map = { kind: 'map', key, set, type: invalidType, order: 'none', bits } as const;
  if (operation.destination === 0) push(reader, { kind: 'vmap', map });
  else setRegister(reader, operation.destination, map);
}

function readHash(operation: HashOperation, reader: Reader): void {
  const { modulus, offset } = operation;
  const key =
    operation.source === undefined
      ? undefined
      : getWide(reader, operation.source, (operation.length ?? 0) * 8);
  const tree: Tree =
    key === undefined || operation.type === 'symmetric'
      ? numberLeaf({ kind: 'symhash', modulus, ...(offset === 0 ? {} : { offset }), span })
      : {
          kind: 'jhash',
          key,
          modulus,
          offset,
          seed: operation.seed,
          type: hostIntegerType,
          order: 'host',
          bits: 32,
        };
  setRegister(reader, operation.destination, tree);
}

/** The tunnel header by the kernel's description of it. */
function tunnelHeader({ type, headerSize, flags }: InnerOperation): HeaderRows | undefined {
  return headers.find(
    ({ tunnel }) =>
      tunnel !== undefined &&
      tunnel.headerSize === headerSize &&
      tunnel.flags === flags &&
      (tunnel.type === type || tunnel.type === 0),
  );
}

function readInner(operation: InnerOperation, reader: Reader): void {
  const tunnel = tunnelHeader(operation);
  reader.tunnel = tunnel;
  readOperation(reader, operation.operation);
  reader.tunnel = undefined;
}

/** Fields of the tunnel header itself are known by their place. */
function payloadTree(reader: Reader, operation: OperationByKind['payload']): PayloadTree {
  const tree = rawPayload(operation.base, operation.offset * 8, operation.length * 8);
  const { tunnel } = reader;
  if (tunnel === undefined) return tree;
  tree.tunnel = tunnel;
  if (operation.base !== 'tunnel' && operation.base !== 'inner') return tree;
  const field = tunnel.fields.find((row) => row.offset === tree.offset && row.bits === tree.bits);
  if (field !== undefined) {
    tree.header = headerByName(tunnel.protocol) ?? tunnel;
    tree.field = field;
  }
  return tree;
}

const readers: PerOperation<[Reader], void> = {
  immediate: statements.readImmediate,
  payload: (operation, reader) =>
    setRegister(reader, operation.destination, payloadTree(reader, operation)),
  'payload-write': (operation, reader) =>
    push(reader, {
      kind: 'payload-write',
      payload: rawPayload(operation.base, operation.offset * 8, operation.length * 8),
      value: getRegister(reader, operation.source),
    }),
  exthdr: ({ operator, type, offset, length, present, destination }, reader) =>
    setRegister(reader, destination, exthdrTree(operator, type, offset, length, present)),
  'exthdr-write': statements.readExthdrWrite,
  'exthdr-reset': statements.readExthdrReset,
  meta: ({ key, destination }, reader) =>
    setRegister(reader, destination, metaTree(key, reader.tunnel)),
  'meta-set': statements.readMetaSet,
  ct: ({ key, direction, destination }, reader) =>
    setRegister(reader, destination, ctTree(key, direction)),
  'ct-set': statements.readCtSet,
  rt: (operation, reader) => setRegister(reader, operation.destination, rtLeaf(operation)),
  fib: (operation, reader) => setRegister(reader, operation.destination, fibLeaf(operation)),
  socket: (operation, reader) => setRegister(reader, operation.destination, socketLeaf(operation)),
  osf: (operation, reader) => setRegister(reader, operation.destination, osfLeaf(operation)),
  xfrm: (operation, reader) => setRegister(reader, operation.destination, xfrmLeaf(operation)),
  tunnel: (operation, reader) => setRegister(reader, operation.destination, tunnelLeaf(operation)),
  numgen: ({ mode, modulus, offset, destination }, reader) =>
    setRegister(
      reader,
      destination,
      numberLeaf({ kind: 'numgen', mode, modulus, ...(offset === 0 ? {} : { offset }), span }),
    ),
  hash: readHash,
  bitwise: (operation, reader) =>
    setRegister(reader, operation.destination, bitwiseTree(reader, operation)),
  byteorder: ({ source, destination }, reader) => {
    const argument = getRegister(reader, source);
    const { bits, type } = argument;
    setRegister(reader, destination, { kind: 'unary', argument, bits, type, order: 'none' });
  },
  cmp: readCmp,
  range: readRange,
  lookup: readLookup,
  dynset: statements.readDynset,
  objref: (operation, reader) => {
    const { target } = operation;
    if ('name' in target) {
      statements.pushObjectReference(reader, target.type, valueText(target.name));
      return;
    }
    const set = setTree(reader, target.set);
    if (set?.set.map?.kind !== 'object') return;
    const key = getWide(reader, target.source, set.set.keyLength * 8);
    const map = { kind: 'map', key, set, type: stringType, order: 'host', bits: 0 } as const;
    statements.pushObjectReference(reader, set.set.map.type, map);
  },
  counter: statements.readStateful,
  limit: statements.readStateful,
  quota: statements.readStateful,
  connlimit: statements.readStateful,
  last: statements.readStateful,
  log: statements.readLog,
  nat: readNat,
  masq: readMasq,
  redir: readRedir,
  tproxy: readTproxy,
  reject: ({ type, code }, reader) => push(reader, { kind: 'reject', type, code }),
  notrack: (_, reader) => statements.pushStatement(reader, { kind: 'notrack', span }),
  synproxy: statements.readSynproxy,
  queue: statements.readQueue,
  dup: statements.readDup,
  fwd: statements.readFwd,
  'flow-offload': ({ flowtable }, reader) =>
    statements.pushStatement(reader, { kind: 'flow', flowtable, span }),
  match: ({ match }, reader) => statements.pushXt(reader, { type: 'match', value: match }),
  target: ({ target }, reader) => statements.pushXt(reader, { type: 'target', value: target }),
  inner: readInner,
};

function valueText(text: string): Tree {
  return { ...valueTree(0n, 0, stringType), text };
}
