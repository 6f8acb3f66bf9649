/** -j SYNPROXY: answers SYN packets in the server's place. */

import { extension, isBoundTo } from '../extension.ts';
import { flag, maximum32, number } from '../value-kinds.ts';

export interface SynproxyOptions {
  readonly kind: 'SYNPROXY';
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted: boolean;
  readonly timestamp: boolean;
  readonly ecn: boolean;
}

export const SYNPROXY = extension({
  name: 'SYNPROXY',
  revision: 0,
  refused: (_options: SynproxyOptions, site) =>
    isBoundTo(site, 6) ? undefined : 'SYNPROXY works with TCP only: add -p tcp',
  options: {
    sackPermitted: { name: '--sack-perm', value: flag },
    timestamp: { name: '--timestamp', value: flag },
    windowScale: { name: '--wscale', value: number(maximum32) },
    mss: { name: '--mss', value: number(maximum32) },
    ecn: { name: '--ecn', value: flag },
  },
  read: (values): SynproxyOptions => {
    return {
      kind: 'SYNPROXY',
      ...(values.mss && { mss: values.mss.value % 2 ** 16 }),
      ...(values.windowScale && { windowScale: values.windowScale.value % 2 ** 8 }),
      sackPermitted: values.sackPermitted !== undefined,
      timestamp: values.timestamp !== undefined,
      ecn: values.ecn !== undefined,
    };
  },
  save: (options) => [
    ...(options.sackPermitted ? ['--sack-perm'] : []),
    ...(options.timestamp ? ['--timestamp'] : []),
    ...(options.windowScale === undefined ? [] : ['--wscale', String(options.windowScale)]),
    ...(options.mss === undefined ? [] : ['--mss', String(options.mss)]),
    ...(options.ecn ? ['--ecn'] : []),
  ],
});
