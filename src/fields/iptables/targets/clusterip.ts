/** -j CLUSTERIP and -j ULOG: targets that kernels no longer have; kept as written. */

import { extension } from '../extension.ts';
import { bigNumber, flag, mac, maximum32, maximum64, number, oneOf, text } from '../value-kinds.ts';

interface RetiredOptions<Kind extends 'CLUSTERIP' | 'ULOG'> {
  readonly kind: Kind;
  readonly words: readonly string[];
}

export type ClusteripOptions = RetiredOptions<'CLUSTERIP'>;
export type UlogOptions = RetiredOptions<'ULOG'>;

function wordsOf(
  written: readonly { readonly name: string; readonly values: readonly string[] }[],
) {
  return written.flatMap(({ name, values }) => [name, ...values]);
}

export const CLUSTERIP = extension({
  name: 'CLUSTERIP',
  family: 'ip',
  revision: 0,
  options: {
    new: { name: '--new', value: flag },
    hashMode: {
      name: '--hashmode',
      value: oneOf(['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport']),
    },
    mac: { name: '--clustermac', value: mac },
    totalNodes: { name: '--total-nodes', value: number(32, 1) },
    localNode: { name: '--local-node', value: number(32, 1) },
    hashInit: { name: '--hash-init', value: number(maximum32) },
  },
  read: (values, { written, problem }): ClusteripOptions | undefined => {
    const complete =
      values.new && values.hashMode && values.mac && values.totalNodes && values.localNode;
    if (written.length > 0 && complete === undefined) {
      return problem('CLUSTERIP: a new cluster needs hash mode, address, and both node counts');
    }
    return { kind: 'CLUSTERIP', words: wordsOf(written) };
  },
  save: ({ words }) => words,
});

export const ULOG = extension({
  name: 'ULOG',
  family: 'ip',
  revision: 0,
  options: {
    group: { name: '--ulog-nlgroup', value: number(32, 1) },
    prefix: { name: '--ulog-prefix', value: text(31) },
    copyRange: { name: '--ulog-cprange', value: bigNumber(maximum64) },
    threshold: { name: '--ulog-qthreshold', value: number(50, 1) },
  },
  read: (_values, { written }): UlogOptions => ({ kind: 'ULOG', words: wordsOf(written) }),
  save: ({ words }) => words,
});
