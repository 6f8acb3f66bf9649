/** Operations that are statements of their own. */

import type { Expression } from '../ast/nft/expressions.ts';
import type { ObjectType, Statement } from '../ast/nft/statements.ts';
import { generatedSpan } from '../base/span.ts';
import { ipv4AddressType, ipv6AddressType } from '../datatypes/address.ts';
import { hostIntegerType, invalidType } from '../datatypes/basic.ts';
import { concatDatatype } from '../datatypes/concat.ts';
import { interfaceIndexType } from '../datatypes/interface.ts';
import type {
  CtSetOperation,
  DupOperation,
  DynsetOperation,
  ExthdrResetOperation,
  ExthdrWriteOperation,
  FwdOperation,
  ImmediateOperation,
  LogOperation,
  MetaSetOperation,
  ObjectKind,
  QueueOperation,
  SynproxyOperation,
} from '../model/operations.ts';
import type { ProgramSet, SetField } from '../model/program.ts';
import { numberFromBytes } from './bits.ts';
import { chainVerdict } from './chain-verdict.ts';
import { extensionExpression } from './fields.ts';
import { ctTree, exthdrTree, metaTree } from './loads.ts';
import type { TranslateXt } from './options.ts';
import { getRegister, getWide, optionalRegister, type Reader, setRegister } from './reader.ts';
import { type StatefulOperation, statefulStatement, statefulStatements } from './stateful.ts';
import { rangeTree, setType, type Tree, valueTree } from './tree.ts';

const span = generatedSpan;

/** A statement without operands. */
export function pushStatement(reader: Reader, statement: Statement): void {
  reader.drafts.push({ kind: 'plain', operands: [], build: () => statement });
}

export function readStateful(operation: StatefulOperation, reader: Reader): void {
  pushStatement(reader, statefulStatement(operation));
}

/** A constant goes to its register, a verdict is a statement, a jump to an anonymous chain contains it. */
export function readImmediate(operation: ImmediateOperation, reader: Reader): void {
  const { data } = operation;
  if (data instanceof Uint8Array) {
    setRegister(reader, operation.destination, valueTree(numberFromBytes(data), data.length * 8));
    return;
  }
  pushStatement(reader, chainVerdict(reader.scope, data));
}

/** `KEY set VALUE`: the value takes the key's type. */
function pushMangle(reader: Reader, key: Tree, value: Tree, flagList = false): void {
  setType(value, key.type, key.order);
  reader.drafts.push({
    kind: 'plain',
    operands: [key, value],
    flagList,
    build: ([keyNode, valueNode]) =>
      keyNode === undefined || valueNode === undefined
        ? { kind: 'invalid', span }
        : { kind: 'mangle', key: keyNode, value: valueNode, span },
  });
}

export function readMetaSet({ key, source }: MetaSetOperation, reader: Reader): void {
  pushMangle(reader, metaTree(key, undefined), getRegister(reader, source));
}

export function readCtSet({ key, direction, source }: CtSetOperation, reader: Reader): void {
  pushMangle(reader, ctTree(key, direction), getRegister(reader, source), key === 'event');
}

export function readExthdrWrite(operation: ExthdrWriteOperation, reader: Reader): void {
  const { operator, type, offset, length, source } = operation;
  const key = exthdrTree(operator, type, offset, length, false);
  pushMangle(reader, key, getRegister(reader, source));
}

export function readExthdrReset({ operator, type }: ExthdrResetOperation, reader: Reader): void {
  const option = extensionExpression(exthdrTree(operator, type, 0, 1, true));
  pushStatement(reader, { kind: 'reset-option', option, span });
}

const logLevels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'];

/** NF_LOG_* bits, include/uapi/linux/netfilter/nf_log.h. */
const logFlags = [
  [0x01, 'tcp sequence'],
  [0x02, 'tcp options'],
  [0x04, 'ip options'],
  [0x08, 'skuid'],
  [0x20, 'ether'],
] as const;

const allLogFlags = 0x2f;

function logFlagNames(flags: number): string[] {
  if ((flags & allLogFlags) === allLogFlags) return ['all'];
  return logFlags.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
}

export function readLog(operation: LogOperation, reader: Reader): void {
  const { prefix, group, snaplen, queueThreshold } = operation;
  const level = operation.level === undefined ? undefined : logLevels[operation.level];
  const flags = logFlagNames(operation.flags ?? 0);
  pushStatement(reader, {
    kind: 'log',
    ...(prefix === undefined ? {} : { prefix: { kind: 'string', text: prefix, span } }),
    ...(group === undefined ? {} : { group }),
    ...(snaplen === undefined ? {} : { snaplen }),
    ...(queueThreshold ? { queueThreshold } : {}),
    ...(level === undefined || level === 'warn' ? {} : { level }),
    ...(flags.length === 0 ? {} : { flags }),
    span,
  });
}

/** NF_SYNPROXY_OPT_* */
export function readSynproxy({ mss, wscale, flags }: SynproxyOperation, reader: Reader): void {
  const words = [
    ...((flags & 8) === 0 ? [] : (['timestamp'] as const)),
    ...((flags & 4) === 0 ? [] : (['sack-perm'] as const)),
  ];
  pushStatement(reader, {
    kind: 'synproxy',
    ...((flags & 1) === 0 ? {} : { mss }),
    ...((flags & 2) === 0 ? {} : { wscale }),
    ...(words.length === 0 ? {} : { flags: words }),
    span,
  });
}

function queueNumber(operation: QueueOperation): Tree {
  const from = valueTree(BigInt(operation.number ?? 0), 16, hostIntegerType);
  const total = operation.total ?? 1;
  if (total <= 1) return from;
  const last = BigInt((operation.number ?? 0) + total - 1);
  return rangeTree(from, valueTree(last, 16, hostIntegerType));
}

export function readQueue(operation: QueueOperation, reader: Reader): void {
  const number = optionalRegister(reader, operation.source) ?? queueNumber(operation);
  const flags = [
    ...(operation.bypass ? (['bypass'] as const) : []),
    ...(operation.fanout ? (['fanout'] as const) : []),
  ];
  reader.drafts.push({
    kind: 'plain',
    operands: [number],
    build: ([node]) => ({
      kind: 'queue',
      ...(node === undefined ? {} : { number: node }),
      ...(flags.length === 0 ? {} : { flags }),
      span,
    }),
  });
}

function typedDevice(reader: Reader, register: number | undefined): Tree | undefined {
  const device = optionalRegister(reader, register);
  if (device !== undefined) setType(device, interfaceIndexType, 'host');
  return device;
}

export function readDup(operation: DupOperation, reader: Reader): void {
  const address = optionalRegister(reader, operation.address);
  if (address !== undefined && (reader.family === 'ip' || reader.family === 'ip6')) {
    setType(address, reader.family === 'ip' ? ipv4AddressType : ipv6AddressType, 'big');
  }
  reader.drafts.push({
    kind: 'plain',
    operands: [address, typedDevice(reader, operation.device)],
    build: ([addressNode, deviceNode]) => ({
      kind: 'dup',
      ...(addressNode === undefined ? {} : { address: addressNode }),
      ...(deviceNode === undefined ? {} : { device: deviceNode }),
      span,
    }),
  });
}

export function readFwd(operation: FwdOperation, reader: Reader): void {
  const address = optionalRegister(reader, operation.address);
  const { family } = operation;
  if (address !== undefined) {
    setType(address, family === 'ip6' ? ipv6AddressType : ipv4AddressType, 'big');
  }
  reader.drafts.push({
    kind: 'plain',
    operands: [typedDevice(reader, operation.device), address],
    build: ([device, addressNode]) =>
      device === undefined
        ? { kind: 'invalid', span }
        : {
            kind: 'fwd',
            device,
            ...(addressNode === undefined ? {} : { address: addressNode, family: family ?? 'ip' }),
            span,
          },
  });
}

const objectTypes: Readonly<Record<ObjectKind, ObjectType>> = {
  counter: 'counter',
  quota: 'quota',
  'ct-helper': 'ct helper',
  limit: 'limit',
  connlimit: 'limit',
  tunnel: 'tunnel',
  'ct-timeout': 'ct timeout',
  secmark: 'secmark',
  'ct-expectation': 'ct expectation',
  synproxy: 'synproxy',
};

export function objectType(kind: ObjectKind): ObjectType {
  return objectTypes[kind];
}

export function pushObjectReference(reader: Reader, kind: ObjectKind, name: Tree): void {
  reader.drafts.push({
    kind: 'plain',
    operands: [name],
    build: ([node]) =>
      node === undefined
        ? { kind: 'invalid', span }
        : { kind: 'object-reference', type: objectTypes[kind], name: node, span },
  });
}

/** The operand takes the set's declared type where it has none of its own. */
function typeOperand(tree: Tree, fields: readonly SetField[]): void {
  const [only] = fields;
  if (fields.length > 1) {
    if (tree.kind === 'concat') tree.type = concatDatatype(fields.map(({ type }) => type));
  } else if (only !== undefined && tree.type === invalidType) {
    setType(tree, only.type, only.type.byteOrder);
  }
}

function dynsetElement(key: Expression, timeout: number | undefined): Expression {
  return { kind: 'element', key, ...(timeout ? { timeout } : {}), span };
}

function dynsetData(reader: Reader, operation: DynsetOperation, set: ProgramSet) {
  if (operation.data === undefined || set.map?.kind !== 'data') return undefined;
  const data = getWide(reader, operation.data, set.map.length * 8);
  const [field] = set.map.fields;
  if (data.kind === 'concat') typeOperand(data, set.map.fields);
  else if (field !== undefined) setType(data, field.type, field.type.byteOrder);
  return data;
}

export function readDynset(operation: DynsetOperation, reader: Reader): void {
  const set = reader.scope.sets.get(operation.set);
  if (set === undefined) return;
  const key = getWide(reader, operation.key, set.keyLength * 8);
  typeOperand(key, set.key);
  const data = dynsetData(reader, operation, set);
  const stateful = statefulStatements(operation.operations);
  const { timeout, operator } = operation;
  reader.drafts.push({
    kind: 'plain',
    operands: [key, data],
    elements: true,
    build: ([keyNode, dataNode]) =>
      keyNode === undefined
        ? { kind: 'invalid', span }
        : {
            kind: 'set-update',
            operation: operator,
            set: operation.set,
            element: dynsetElement(keyNode, timeout),
            ...(dataNode === undefined ? {} : { data: dataNode }),
            ...(stateful.length === 0 ? {} : { statements: stateful }),
            span,
          },
  });
}

/** By its translation where libxtables has one, else by name alone. */
export function pushXt(reader: Reader, extension: Parameters<TranslateXt>[0]): void {
  const translation = reader.scope.settings.translateXt(extension);
  const { type } = extension;
  const { name } = extension.value;
  pushStatement(reader, {
    kind: 'xt',
    type,
    name,
    ...(translation === undefined ? {} : { translation }),
    span,
  });
}
