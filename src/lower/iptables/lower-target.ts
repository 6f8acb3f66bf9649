/** A rule's target: a verdict, two targets in expressions of nf_tables, an xtables target for all others. */

import type { DecodedTarget } from '../../fields/iptables/decode.ts';
import type { Operation } from '../../model/operations.ts';
import type { Loader } from '../../model/program.ts';
import { lowerNflog } from './nflog.ts';
import { lowerTrace } from './trace.ts';

export function lowerTarget(target: DecodedTarget | undefined, loader: Loader): Operation[] {
  switch (target?.kind) {
    case undefined:
      return [];
    case 'verdict':
      return lowerVerdict(target.name);
    case 'chain':
      return [
        {
          kind: 'immediate',
          destination: 0,
          data: { kind: target.goto ? 'goto' : 'jump', chain: target.chain },
        },
      ];
    case 'unknown':
      return [{ kind: 'target', target: { name: target.name } }];
    case 'target': {
      const { options, extension } = target;
      if (loader === 'iptables-nft' && options.kind === 'NFLOG') return lowerNflog(options);
      if (loader === 'iptables-nft' && options.kind === 'TRACE') return lowerTrace();
      return [
        { kind: 'target', target: { name: options.kind, revision: extension.revision, options } },
      ];
    }
  }
}

function lowerVerdict(name: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE'): Operation[] {
  switch (name) {
    case 'ACCEPT':
      return [{ kind: 'immediate', destination: 0, data: { kind: 'accept' } }];
    case 'DROP':
      return [{ kind: 'immediate', destination: 0, data: { kind: 'drop' } }];
    case 'RETURN':
      return [{ kind: 'immediate', destination: 0, data: { kind: 'return' } }];
    case 'QUEUE':
      return [{ kind: 'queue', number: 0, total: 1, bypass: false, fanout: false }];
  }
}
