/** -j ECN: takes congestion notification out of TCP headers. */

import { extension, isBoundTo } from '../extension.ts';
import { flag, number } from '../value-kinds.ts';

export interface EcnTargetOptions {
  readonly kind: 'ECN';
  /** Clears ECE and CWR. */
  readonly tcpRemove: boolean;
  readonly cwr?: number;
  readonly ece?: number;
  readonly codepoint?: number;
}

export const ECN = extension({
  name: 'ECN',
  tables: ['mangle'],
  family: 'ip',
  revision: 0,
  refused: ({ codepoint }: EcnTargetOptions, site) =>
    codepoint === undefined && !isBoundTo(site, 6) ? 'ECN: TCP operations need -p tcp' : undefined,
  options: {
    remove: { name: '--ecn-tcp-remove', value: flag, excludes: ['--ecn-tcp-cwr', '--ecn-tcp-ece'] },
    cwr: { name: '--ecn-tcp-cwr', value: number(1) },
    ece: { name: '--ecn-tcp-ece', value: number(1) },
    codepoint: { name: '--ecn-ip-ect', value: number(3) },
  },
  read: (values, site): EcnTargetOptions | undefined => {
    if (Object.keys(values).length === 0) return site.problem('ECN: an operation is required');
    return {
      kind: 'ECN',
      tcpRemove: values.remove !== undefined,
      ...(values.cwr && { cwr: values.cwr.value }),
      ...(values.ece && { ece: values.ece.value }),
      ...(values.codepoint && { codepoint: values.codepoint.value }),
    };
  },
  save: ({ tcpRemove, ece, cwr, codepoint }) => [
    ...(tcpRemove ? ['--ecn-tcp-remove'] : []),
    ...(ece === undefined ? [] : ['--ecn-tcp-ece', String(ece)]),
    ...(cwr === undefined ? [] : ['--ecn-tcp-cwr', String(cwr)]),
    ...(codepoint === undefined ? [] : ['--ecn-ip-ect', String(codepoint)]),
  ],
});
