/** Every kind of operation and how it is prepared. */

import type { Operation, OperationByKind, OperationKind } from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { prepareMatch } from '../xt/match.ts';
import { prepareTarget } from '../xt/target.ts';
import { prepareBitwise, prepareByteorder } from './bitwise.ts';
import { prepareCmp, prepareRange } from './cmp.ts';
import { prepareConnlimit } from './connlimit.ts';
import { prepareCounter, prepareLast, prepareLimit, prepareQuota } from './counter.ts';
import { prepareCt } from './ct.ts';
import { prepareCtSet, prepareNotrack } from './ct-set.ts';
import { prepareDynset } from './dynset.ts';
import { prepareExthdr, prepareExthdrReset, prepareExthdrWrite } from './exthdr.ts';
import { prepareFib } from './fib.ts';
import { prepareImmediate } from './immediate.ts';
import { prepareInner } from './inner.ts';
import { prepareDup, prepareFwd, prepareLog, prepareQueue } from './log.ts';
import { prepareLookup } from './lookup.ts';
import { prepareMeta } from './meta.ts';
import { prepareMetaSet } from './meta-set.ts';
import { prepareMasq, prepareNat, prepareRedir } from './nat.ts';
import { prepareHash, prepareNumgen } from './numgen.ts';
import { prepareObjref } from './objref.ts';
import { prepareOsf } from './osf.ts';
import { preparePayload } from './payload.ts';
import { preparePayloadWrite } from './payload-write.ts';
import { prepareSynproxy, prepareTproxy } from './proxy.ts';
import { prepareReject } from './reject.ts';
import { prepareRt } from './rt.ts';
import { prepareSocket } from './socket.ts';
import { breakRule, store8 } from './store.ts';
import { unmodelledEffect } from './unmodelled.ts';

type Preparers = {
  readonly [Kind in OperationKind]: (
    operation: OperationByKind[Kind] & Pick<Operation, 'span'>,
    compiler: StepCompiler,
  ) => Step;
};

const preparers: Preparers = {
  immediate: prepareImmediate,
  payload: preparePayload,
  'payload-write': preparePayloadWrite,
  exthdr: prepareExthdr,
  'exthdr-write': prepareExthdrWrite,
  'exthdr-reset': prepareExthdrReset,
  meta: prepareMeta,
  'meta-set': prepareMetaSet,
  ct: prepareCt,
  'ct-set': prepareCtSet,
  rt: prepareRt,
  fib: prepareFib,
  socket: prepareSocket,
  osf: prepareOsf,
  /** Without IPsec no packet has a security path. */
  xfrm: () => breakRule,
  tunnel: (operation) => {
    const to = registerOffset(operation.destination);
    return (evaluation) =>
      operation.key === 'path' ? store8(evaluation, to, 0) : breakRule(evaluation);
  },
  numgen: prepareNumgen,
  hash: prepareHash,
  bitwise: prepareBitwise,
  byteorder: prepareByteorder,
  cmp: prepareCmp,
  range: prepareRange,
  lookup: prepareLookup,
  dynset: prepareDynset,
  objref: prepareObjref,
  counter: prepareCounter,
  limit: prepareLimit,
  quota: prepareQuota,
  connlimit: prepareConnlimit,
  last: prepareLast,
  log: prepareLog,
  nat: prepareNat,
  masq: prepareMasq,
  redir: prepareRedir,
  tproxy: prepareTproxy,
  reject: prepareReject,
  notrack: prepareNotrack,
  synproxy: prepareSynproxy,
  queue: prepareQueue,
  dup: prepareDup,
  fwd: prepareFwd,
  'flow-offload': (operation) => unmodelledEffect('flow-offload', operation),
  match: prepareMatch,
  target: prepareTarget,
  inner: prepareInner,
};

export function prepareOperation<Kind extends OperationKind>(
  operation: OperationByKind[Kind] & { readonly kind: Kind } & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  return preparers[operation.kind](operation, compiler);
}
