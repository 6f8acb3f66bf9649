/** The elements of a named set, several per line where their type is narrow. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { SetDeclaration, SetType } from '../../../ast/nft/ruleset.ts';
import type { PrintContext } from './context.ts';
import { printExpression } from './expression.ts';
import { datatypeOfExpression } from './expression-datatype.ts';
import { inDecimal, isOffset } from './older-values.ts';

/** Elements per line by name of the key's datatype; one for all others, for maps and where elements have a state. */
const perLine: Readonly<Record<string, number>> = {
  nf_proto: 5,
  integer: 5,
  xinteger: 5,
  queue: 5,
  arp_op: 5,
  inet_proto: 5,
  inet_service: 5,
  tcp_flag: 5,
  dccp_pkttype: 5,
  mark: 5,
  iface_index: 5,
  classid: 5,
  uid: 5,
  gid: 5,
  ct_dir: 5,
  ipv4_addr: 2,
  ct_state: 2,
  ct_status: 2,
  pkt_type: 2,
};

function keyTypeName(key: SetType | undefined): string {
  if (key === undefined) return '';
  if (key.kind === 'type') return key.names.join(' . ');
  return key.expression.kind === 'concat' ? '' : datatypeOfExpression(key.expression);
}

function isOffsetKey(key: SetType | undefined): boolean {
  return key?.kind === 'typeof' && isOffset(key.expression);
}

/** Elements with data or a state stand alone; nft 1.0.6 looks at the key only. */
function isWide(set: SetDeclaration, { dialect }: PrintContext): boolean {
  if (dialect === '1.0.6') return false;
  const state = set.statements.length > 0 || set.flags.includes('timeout');
  return set.map || state || set.timeout !== undefined;
}

export function printElements(set: SetDeclaration, context: PrintContext): string {
  const columns = isWide(set, context) ? 1 : (perLine[keyTypeName(set.key)] ?? 1);
  const decimal = context.dialect === '1.0.6' && isOffsetKey(set.key);
  const parts: string[] = [];
  set.elements.forEach((element: Expression, index) => {
    if (index > 0) parts.push(index % columns === 0 ? ',\n\t\t\t     ' : ', ');
    parts.push(printExpression(decimal ? inDecimal(element) : element, context));
  });
  return `\t\telements = { ${parts.join('')} }\n`;
}
