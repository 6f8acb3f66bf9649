/** Registers and flags of nat and tproxy (nft: netlink_gen_nat_stmt(), netlink_gen_tproxy_stmt()). */

import type { TproxyStatement } from '../../ast/nft/statements.ts';
import type { Operation, Register } from '../../model/operations.ts';
import type { LoweringContext } from '../context.ts';
import { type Emitter, registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import type { TypedExpression } from '../typed.ts';
import type { EvaluatedNat } from './nat.ts';
import { emit } from './push.ts';

/** NF_NAT_RANGE_* */
const flagBits: Readonly<Record<string, number>> = {
  random: 0x4,
  persistent: 0x8,
  'fully-random': 0x10,
  netmap: 0x40,
  prefix: 0x40,
};
const protoSpecified = 0x2;

interface NatRegisters {
  addressMin?: Register;
  addressMax?: Register;
  protocolMin?: Register;
  protocolMax?: Register;
}

/** Loads a value or both ends of a range into registers of their own; calls `then` while they are held. */
function withRange(
  emitter: Emitter,
  expression: TypedExpression | undefined,
  then: (first: number | undefined, last: number | undefined) => void,
): void {
  if (expression === undefined) {
    then(undefined, undefined);
    return;
  }
  withRegister(emitter, undefined, (first) => {
    if (expression.kind !== 'range') {
      generateLoad(emitter, expression, first);
      then(first, undefined);
      return;
    }
    withRegister(emitter, undefined, (last) => {
      generateLoad(emitter, expression.from, first);
      generateLoad(emitter, expression.to, last);
      then(first, last);
    });
  });
}

export function emitNat(context: LoweringContext, nat: EvaluatedNat): boolean {
  return emit(context, (emitter) =>
    withRange(emitter, nat.address, (address, addressEnd) =>
      withRange(emitter, nat.port, (port, portEnd) => {
        const registers: NatRegisters = {};
        if (address !== undefined) addressRegisters(nat, address, registers);
        if (addressEnd !== undefined) registers.addressMax = registerAt(addressEnd);
        if (port !== undefined) registers.protocolMin = registerAt(port);
        if (portEnd !== undefined) registers.protocolMax = registerAt(portEnd);
        emitter.operations.push(natOperation(nat, registers));
      }),
    ),
  );
}

/** Where the fields of mapped data lie behind the address. */
function addressRegisters(nat: EvaluatedNat, address: number, registers: NatRegisters): void {
  const units = nat.family === 'ip6' ? 4 : 1;
  const interval = nat.address?.kind === 'map' && nat.address.set.dataInterval;
  registers.addressMin = registerAt(address);
  if (!nat.concat) {
    if (interval) registers.addressMax = registerAt(address + units);
    return;
  }
  if (!interval) {
    registers.protocolMin = registerAt(address + units);
    return;
  }
  registers.protocolMin = registerAt(address + units);
  registers.addressMax = registerAt(address + units + 1);
  registers.protocolMax = registerAt(address + units + 1 + units);
}

function natOperation(nat: EvaluatedNat, registers: NatRegisters): Operation {
  const { statement, family } = nat;
  let flags = nat.port === undefined ? 0 : protoSpecified;
  for (const flag of [...(statement.flags ?? []), ...(statement.typeFlags ?? [])]) {
    flags |= flagBits[flag] ?? 0;
  }
  const { protocolMin, protocolMax } = registers;
  const ports = {
    ...(protocolMin === undefined ? {} : { protocolMin }),
    ...(protocolMax === undefined ? {} : { protocolMax }),
  };
  const { span } = statement;
  switch (statement.type) {
    case 'masquerade':
      return { kind: 'masq', ...ports, flags, span };
    case 'redirect':
      return { kind: 'redir', ...ports, flags, span };
    default:
      return { kind: 'nat', type: statement.type, family, ...registers, flags, span };
  }
}

export function emitTproxy(
  context: LoweringContext,
  statement: TproxyStatement,
  family: 'ip' | 'ip6' | undefined,
  address: TypedExpression | undefined,
  port: TypedExpression | undefined,
): boolean {
  return emit(context, (emitter) =>
    withRange(emitter, address, (first) =>
      withRange(emitter, port, (second) => {
        emitter.operations.push({
          kind: 'tproxy',
          family: family ?? 'unspec',
          ...(first === undefined ? {} : { address: registerAt(first) }),
          ...(second === undefined ? {} : { port: registerAt(second) }),
          span: statement.span,
        });
      }),
    ),
  );
}
