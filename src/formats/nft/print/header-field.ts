/** Fields of headers, options and metadata as text. */

import type {
  MetaExpression,
  PayloadExpression,
  RawPayloadExpression,
  TcpOptionExpression,
} from '../../../ast/nft/expressions.ts';
import { type PrintContext, spelling } from './context.ts';

/** Keys that are listed without `meta` (nft: meta_key_is_unqualified); others may be read so. */
const unqualifiedMetaKeys: ReadonlySet<string> = new Set([
  'iif',
  'oif',
  'iifname',
  'oifname',
  'iifgroup',
  'oifgroup',
]);

export function printMeta(node: MetaExpression, context: PrintContext): string {
  const { key } = node;
  const bare = unqualifiedMetaKeys.has(key) || spelling(node, context) === key;
  return bare ? key : `meta ${key}`;
}

function tunnelPrefix(tunnel: string | undefined, protocol?: string): string {
  return tunnel === undefined || tunnel === protocol ? '' : `${tunnel} `;
}

export function printPayload({ protocol, field, tunnel }: PayloadExpression): string {
  return `${tunnelPrefix(tunnel, protocol)}${protocol} ${field}`;
}

const baseTokens = {
  link: 'll',
  network: 'nh',
  transport: 'th',
  inner: 'ih',
  tunnel: 'ih',
} as const;

export function printRawPayload({ base, offset, bits, tunnel }: RawPayloadExpression): string {
  return `${tunnelPrefix(tunnel)}@${baseTokens[base]},${offset},${bits}`;
}

export function printTcpOption({ option, field, raw }: TcpOptionExpression): string {
  if (raw !== undefined) return `tcp option @${raw.type},${raw.offset},${raw.bits}`;
  return `tcp option ${option}${field === undefined ? '' : ` ${field}`}`;
}
