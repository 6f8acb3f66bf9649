/** Marks constants that are numbers of host byte order, so that listings can show them as numbers. */

import { rootType, type TypedExpression } from '../typed.ts';

const host = { hostOrder: true } as const;
const plain = {} as const;

/** What operations carry beside their bytes (nft: struct nft_data_linearize.byteorder). */
export function hostData(expression: TypedExpression): { readonly hostOrder?: true } {
  return expression.order === 'host' && rootType(expression.type) !== 'string' ? host : plain;
}
