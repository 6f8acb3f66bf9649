/** -m cluster: is this node of the cluster responsible for the connection? */

import { extension } from '../extension.ts';
import { paddedHex } from '../numbers.ts';
import { saved } from '../saving.ts';
import { maximum32, number } from '../value-kinds.ts';

export interface ClusterOptions {
  readonly kind: 'cluster';
  readonly totalNodes: number;
  /** Bit n for node n + 1. */
  readonly nodeMask: number;
  readonly hashSeed: number;
  readonly inverted: boolean;
}

export const cluster = extension({
  name: 'cluster',
  revision: 0,
  options: {
    totalNodes: { name: '--cluster-total-nodes', value: number(32, 1), required: true },
    node: {
      name: '--cluster-local-node',
      value: number(32, 1),
      invert: true,
      excludes: ['--cluster-local-nodemask'],
    },
    nodeMask: { name: '--cluster-local-nodemask', value: number(maximum32), invert: true },
    hashSeed: { name: '--cluster-hash-seed', value: number(maximum32), required: true },
  },
  read: (values, site): ClusterOptions | undefined => {
    const { node, nodeMask } = values;
    const totalNodes = values.totalNodes?.value ?? 1;
    if (!node && !nodeMask) {
      return site.problem('cluster: --cluster-local-node or --cluster-local-nodemask is missing');
    }
    const mask = node ? (1 << (node.value - 1)) >>> 0 : (nodeMask?.value ?? 0);
    if (mask >= 2 ** totalNodes)
      return site.problem('cluster: the local node is beyond the total of nodes');
    return {
      kind: 'cluster',
      totalNodes,
      nodeMask: mask,
      hashSeed: values.hashSeed?.value ?? 0,
      inverted: (node ?? nodeMask)?.negated ?? false,
    };
  },
  save: (options) => [
    ...saved('--cluster-local-nodemask', options.inverted, paddedHex(options.nodeMask, 8)),
    '--cluster-total-nodes',
    String(options.totalNodes),
    '--cluster-hash-seed',
    paddedHex(options.hashSeed, 8),
  ],
});
