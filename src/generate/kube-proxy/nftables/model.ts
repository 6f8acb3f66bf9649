/** The nftables table of kube-proxy as plain data: chains with rules, sets and maps with elements. */

import type { AddressFamily } from '../../kubernetes/go-address.ts';

export interface GeneratedNft {
  readonly kind: 'generated-nft';
  readonly family: AddressFamily;
  readonly table: string;
  readonly comment: string;
  readonly chains: readonly GeneratedChain[];
  readonly sets: readonly GeneratedSet[];
  readonly elements: readonly GeneratedElement[];
}

export interface GeneratedChain {
  readonly name: string;
  readonly base?: BaseChain;
  readonly comment?: string;
  readonly rules: readonly GeneratedRule[];
}

export interface BaseChain {
  readonly type: 'filter' | 'nat';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly priority: number;
}

export interface GeneratedRule {
  /** The rule in nft syntax, without its comment. */
  readonly text: string;
  readonly comment?: string;
}

export interface GeneratedSet {
  readonly kind: 'set' | 'map';
  readonly name: string;
  /** `ipv4_addr . inet_proto . inet_service : verdict`. */
  readonly type: string;
  readonly flags?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly comment?: string;
}

export interface GeneratedElement {
  readonly set: string;
  readonly key: string;
  readonly comment?: string;
  /** Elements of maps only. */
  readonly verdict?: string;
}
