/** `reject` with its defaults and dependencies (nft: stmt_evaluate_reject()). */

import type { RejectStatement } from '../../ast/nft/statements.ts';
import { icmpCodeType, icmpv6CodeType, icmpxCodeType } from '../../datatypes/icmp.ts';
import { parseValue } from '../../datatypes/parse-value.ts';
import { fail, type LoweringContext, protocolsOf } from '../context.ts';
import { atStart, generateDependency } from '../dependency.ts';
import {
  type Protocol,
  protocolEther,
  protocolInetService,
  protocolIp,
  protocolIp6,
  protocolNetdev,
  protocolNumber,
  protocolTcp,
  protocolVlan,
} from '../protocol.ts';
import { typeByName } from '../types.ts';
import { pushOperation } from './push.ts';

/** NFT_REJECT_* with the code and, for plain ICMP, the version. */
interface Rejection {
  readonly type: 0 | 1 | 2;
  readonly code: number;
  readonly family?: 'ip' | 'ip6';
}

const portUnreachable = { ip: 3, ip6: 4 } as const;
const icmpxPortUnreachable = 1;

export function lowerReject(context: LoweringContext, statement: RejectStatement): boolean {
  const rejection = rejectionOf(context, statement);
  if (rejection === undefined || !checkFamily(context, statement, rejection)) return false;
  if (isBeyondKernel(rejection)) {
    fail(context, 'kernel-refused', statement.span, 'the kernel knows no such reject code');
  }
  return pushOperation(context, {
    kind: 'reject',
    type: rejection.type,
    code: rejection.code,
    span: statement.span,
  });
}

/** 255 is nft's word for no code at all, which the kernel wants; it has four of the abstracted codes. */
function isBeyondKernel({ type, code }: Rejection): boolean {
  return code === 255 || (type === 2 && code > 3);
}

function rejectionOf(context: LoweringContext, statement: RejectStatement): Rejection | undefined {
  if (statement.type === undefined) return defaultRejection(context);
  if (statement.type !== 'tcp reset') return icmpRejection(context, statement);
  return checkReset(context, statement) ? { type: 1, code: 0 } : undefined;
}

function icmpRejection(
  context: LoweringContext,
  statement: RejectStatement,
): Rejection | undefined {
  const { code, type } = statement;
  const datatype =
    type === 'icmp' ? icmpCodeType : type === 'icmpv6' ? icmpv6CodeType : icmpxCodeType;
  if (code === undefined || (code.kind !== 'symbol' && code.kind !== 'value')) {
    return fail(context, 'invalid-expression', statement.span, 'missing icmp error type');
  }
  const result =
    code.kind === 'symbol'
      ? parseValue(datatype, code.text, context.environment)
      : { kind: 'value' as const, value: code.value };
  if (result.kind === 'unparsed') {
    return fail(context, 'unknown-symbol', code.span, result.message);
  }
  const number = Number(result.value);
  if (number > 255 || number < 0) {
    return fail(
      context,
      'value-out-of-range',
      code.span,
      'reject code must be integer in range 0-255',
    );
  }
  if (type === 'icmpx') return { type: 2, code: number };
  return { type: 0, code: number, family: type === 'icmp' ? 'ip' : 'ip6' };
}

/** nft: stmt_evaluate_reject_default() */
function defaultRejection(context: LoweringContext): Rejection {
  const { family, layers } = protocolsOf(context);
  if (family === 'ip' || family === 'ip6') {
    return { type: 0, code: portUnreachable[family], family };
  }
  const network = layers[2].protocol;
  if (network === undefined) return { type: 2, code: icmpxPortUnreachable };
  if (network === protocolIp6) return { type: 0, code: portUnreachable.ip6, family: 'ip6' };
  return { type: 0, code: portUnreachable.ip, family: 'ip' };
}

/** nft: stmt_evaluate_reset() */
function checkReset(context: LoweringContext, statement: RejectStatement): boolean {
  const { layers } = protocolsOf(context);
  const transport = layers[3].protocol;
  if (transport === undefined) return true;
  const base = layers[2].protocol ?? protocolInetService;
  if (protocolNumber(base, transport) === 6) return true;
  fail(context, 'invalid-context', statement.span, 'you cannot use tcp reset with this protocol');
  return false;
}

/** nft: stmt_evaluate_reject_family() */
function checkFamily(
  context: LoweringContext,
  statement: RejectStatement,
  rejection: Rejection,
): boolean {
  const { family } = protocolsOf(context);
  switch (family) {
    case 'arp':
      fail(context, 'invalid-context', statement.span, 'cannot use reject with arp');
      return false;
    case 'ip':
    case 'ip6':
      if (rejection.type === 1) return resetDependency(context, statement);
      if (rejection.type === 2) {
        return refuse(context, statement, 'abstracted ICMP unreachable not supported');
      }
      return (
        rejection.family === family ||
        refuse(context, statement, 'conflicting protocols specified: ip vs ip6')
      );
    case 'bridge':
    case 'netdev':
      return checkLink(context, statement) && checkNetwork(context, statement, rejection);
    case 'inet':
      return checkNetwork(context, statement, rejection);
  }
}

function refuse(context: LoweringContext, statement: RejectStatement, message: string): false {
  fail(context, 'invalid-context', statement.code?.span ?? statement.span, message);
  return false;
}

function checkLink(context: LoweringContext, statement: RejectStatement): boolean {
  const link = protocolsOf(context).layers[1].protocol;
  if (link === protocolEther || link === protocolVlan || link === protocolNetdev) return true;
  fail(context, 'invalid-context', statement.span, 'cannot reject from this link layer protocol');
  return false;
}

function checkNetwork(
  context: LoweringContext,
  statement: RejectStatement,
  rejection: Rejection,
): boolean {
  const { layers, family } = protocolsOf(context);
  const network = layers[2].protocol;
  if (network !== undefined) {
    const wanted = rejection.family === 'ip6' ? protocolIp6 : protocolIp;
    if (rejection.type === 0 && network !== wanted) {
      return refuse(context, statement, 'conflicting protocols specified: ip vs ip6');
    }
    const isIp = network === protocolIp || network === protocolIp6;
    if (family !== 'inet' && !isIp) {
      fail(context, 'invalid-context', statement.span, 'cannot reject this network family');
      return false;
    }
  }
  if (rejection.type === 2) return true;
  if (rejection.type === 1) return resetDependency(context, statement);
  if (network !== undefined) return true;
  // struct reject_stmt keeps the code in a signed byte.
  if (rejection.code > 127) {
    fail(context, 'invalid-expression', statement.span, 'missing icmp error type');
    return false;
  }
  return dependency(context, statement, rejection.family === 'ip6' ? protocolIp6 : protocolIp);
}

function resetDependency(context: LoweringContext, statement: RejectStatement): boolean {
  if (protocolsOf(context).layers[3].protocol !== undefined) return true;
  return dependency(context, statement, protocolTcp);
}

/** Before everything else of the rule: what is logged is what is rejected. */
function dependency(
  context: LoweringContext,
  statement: RejectStatement,
  protocol: Protocol,
): boolean {
  return atStart(context, () =>
    generateDependency(context, {
      kind: 'payload',
      span: statement.span,
      type: typeByName('integer'),
      bits: 8,
      order: 'big',
      base: protocol.layer === 2 ? 'network' : 'transport',
      offset: 0,
      protocol,
      raw: false,
      protocolKey: false,
    }),
  );
}
