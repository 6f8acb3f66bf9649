/** Names for what a trace meets: who owns a rule, which object an address or a chain stands for. */

import type { ChainPlace } from '../trace/event.ts';

export interface Annotator {
  /** `kube-proxy`, `Calico`, `kubelet`; undefined where nobody known wrote the chain or rule. */
  readonly owner: (place: ChainPlace) => string | undefined;
  /** `Service default/kubernetes:https`, `endpoint 10.0.0.1:80 of …`, `ingress of policy …`. */
  readonly chain: (name: string, table: string) => string | undefined;
  /** What a rule stands for within its chain: `ingress rule 0 of policy …`; `index` counts from 0. */
  readonly rule: (place: ChainPlace, index: number) => string | undefined;
  /** The meaning of mark bits, for writers that are known. */
  readonly mark: (bits: number) => string | undefined;
  /** `Pod kube-system/coredns-…`, `Service default/kubernetes`. */
  readonly address: (address: string) => string | undefined;
  /** What a log prefix says, for writers that encode meaning in it. */
  readonly logPrefix: (prefix: string) => string | undefined;
}

const unknown = () => undefined;

/** Knows nothing. */
export const noAnnotator: Annotator = {
  owner: unknown,
  chain: unknown,
  rule: unknown,
  mark: unknown,
  address: unknown,
  logPrefix: unknown,
};
