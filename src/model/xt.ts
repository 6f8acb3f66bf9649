/** xtables extensions in a program: named, with their options as data where the input shows them. */

/** A match whose content the input does not show (an nft listing) has no `options`: its answer is a choice. */
export interface XtMatch {
  readonly name: string;
  readonly revision?: number;
  readonly options?: XtOptions;
}

export interface XtTarget {
  readonly name: string;
  readonly revision?: number;
  readonly options?: XtOptions;
}

/** One small interface per extension, told apart by `kind`; declared beside the option rows in fields/iptables, joined in model/xt/options. */
export type XtOptions = import('./xt/options.ts').XtOptionsUnion;
