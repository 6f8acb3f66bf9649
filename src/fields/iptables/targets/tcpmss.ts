/** -j TCPMSS: sets the maximum segment size of SYN packets. */

import { extension, isBoundTo } from '../extension.ts';
import { flag, maximum16, number } from '../value-kinds.ts';

export interface TcpmssTargetOptions {
  readonly kind: 'TCPMSS';
  /** `pmtu`: the path MTU less the headers, where that is smaller. */
  readonly mss: number | 'pmtu';
}

export const TCPMSS = extension({
  name: 'TCPMSS',
  revision: 0,
  refused: (_options: TcpmssTargetOptions, site) =>
    isBoundTo(site, 6) ? undefined : 'TCPMSS works on TCP SYN packets only: add -p tcp',
  options: {
    mss: { name: '--set-mss', value: number(maximum16) },
    clamp: { name: '--clamp-mss-to-pmtu', value: flag },
  },
  read: (values, site): TcpmssTargetOptions | undefined => {
    if (!values.mss && !values.clamp)
      return site.problem('TCPMSS: at least one parameter is required');
    // Of both the later one counts.
    const last = site.written.at(-1)?.name === '--set-mss' || !values.clamp;
    return { kind: 'TCPMSS', mss: (last ? values.mss?.value : undefined) ?? 'pmtu' };
  },
  save: ({ mss }) => (mss === 'pmtu' ? ['--clamp-mss-to-pmtu'] : ['--set-mss', String(mss)]),
});
