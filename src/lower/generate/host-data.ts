/** Marks constants that are numbers of host byte order, so that listings can show them as numbers. */

import { rootType, type TypedExpression } from '../typed.ts';

const host = { hostOrder: true } as const;
const plain = {} as const;

/** nft: struct nft_data_linearize.byteorder */
export function isHostNumber(expression: TypedExpression): boolean {
  return expression.order === 'host' && rootType(expression.type) !== 'string';
}

/** What operations carry beside their bytes. */
export function hostData(expression: TypedExpression): { readonly hostOrder?: true } {
  return isHostNumber(expression) ? host : plain;
}
