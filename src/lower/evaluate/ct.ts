/** Conntrack keys: their type by family and direction (nft: expr_evaluate_ct()). */

import type { CtExpression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { type CtKey, ctKeyByName } from '../../fields/ct.ts';
import type { Family } from '../../fields/families.ts';
import { expectType, fail, type LoweringContext, protocolsOf } from '../context.ts';
import { type Protocol, protocolIp, protocolIp6 } from '../protocol.ts';
import type { TypedCt, TypedExpression } from '../typed.ts';
import { typeByName } from '../types.ts';

export function evaluateCt(
  context: LoweringContext,
  node: CtExpression,
): TypedExpression | undefined {
  const ct = typedCt(context, node);
  if (ct === undefined) return undefined;
  expectType(context, ct.type, ct.order, ct.bits);
  return ct;
}

export function typedCt(context: LoweringContext, node: CtExpression): TypedCt | undefined {
  const key = ctKeyByName(node.key);
  if (key === undefined) {
    return fail(context, 'unknown-symbol', node.span, `no ct key '${node.key}'`);
  }
  const resolved = key.bits === 0 ? addressKey(context, node, key) : key;
  if (resolved === undefined || !checkFamily(context, node, resolved)) return undefined;
  checkConntrack(context, node.span);
  // nft_ct_get_init(): -EAFNOSUPPORT
  if (key.bits === 0 && !familiesOfAddresses.includes(context.family)) {
    const message = `ct ${key.name} does not work in the ${context.family} family`;
    fail(context, 'kernel-refused', node.span, message);
  }
  if (key.readable === false) {
    fail(context, 'kernel-refused', node.span, `ct ${key.name} can be set, not read`);
  }
  const { direction } = node;
  if (direction === undefined && resolved.direction === 'required') {
    fail(
      context,
      'kernel-refused',
      node.span,
      `ct ${key.name} needs 'original' or 'reply' before it: invalid argument`,
    );
  }
  return {
    kind: 'ct',
    key: resolved,
    span: node.span,
    type: typeByName(resolved.type),
    bits: resolved.bits,
    order: resolved.byteOrder,
    ...(direction === undefined ? {} : { direction }),
  };
}

const familiesOfAddresses: readonly Family[] = ['ip', 'ip6', 'inet'];

/** `ct original saddr`: the address type follows from the network layer protocol. */
function addressKey(context: LoweringContext, node: CtExpression, key: CtKey): CtKey | undefined {
  const network = protocolsOf(context).layers[2].protocol;
  if (network === protocolIp) return { ...key, type: 'ipv4_addr', bits: 32 };
  if (network === protocolIp6) return { ...key, type: 'ipv6_addr', bits: 128 };
  // Any other protocol leaves it without a type, which no constant and no map can be of.
  if (network !== undefined) return { ...key, type: 'invalid' };
  return fail(
    context,
    'conflicting-protocols',
    node.span,
    `cannot determine ip protocol version, use "ip ${key.name}" or "ip6 ${key.name}" instead`,
  );
}

function checkFamily(context: LoweringContext, node: CtExpression, key: CtKey): boolean {
  const network = protocolsOf(context).layers[2].protocol;
  const wrong: Protocol | undefined =
    key.family === 'ip' ? protocolIp6 : key.family === 'ip6' ? protocolIp : undefined;
  if (wrong === undefined || network !== wrong) return true;
  fail(
    context,
    'conflicting-protocols',
    node.span,
    `conflicting protocols specified: ${wrong.name} vs. ${key.family}`,
  );
  return false;
}

/** nf_ct_netns_get(): families whose packets are not tracked. */
export function checkConntrack(context: LoweringContext, span: Span): void {
  const { family } = context;
  if (family !== 'arp' && family !== 'netdev') return;
  fail(context, 'kernel-refused', span, `connections are not tracked in the ${family} family`);
}
