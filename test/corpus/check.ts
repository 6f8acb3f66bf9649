/** The shape of a corpus runner: one file per corpus folder (lang, kernel, kube-proxy, calico). */

export interface CaseOutcome {
  /** `file:check`, as it stands in the printed table; the corpus name is put before it. */
  readonly check: string;
  /** Names the case within its check. */
  readonly id: string;
  readonly pass: boolean;
  /** Says what differs; called only for failures that are shown. */
  readonly difference?: () => string;
}

export interface RunOptions {
  /** Rules are read one by one, without index and code: the oracle of the faster reading. */
  readonly plain: boolean;
}

/** Runs every case of a corpus folder, lazily; checks without a case yet are declared by `checks`. */
export interface CorpusRunner {
  /** Every check that the corpus has for these files, so that none is left out of the table. */
  readonly run: (
    directory: string,
    options: RunOptions,
  ) => Iterable<CaseOutcome> | AsyncIterable<CaseOutcome>;
}
