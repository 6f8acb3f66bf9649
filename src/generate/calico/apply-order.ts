/** Where Felix's rules stand among others' in a kernel chain. */

export interface KernelChainParts<Rule> {
  readonly insertMode: 'insert' | 'append';
  readonly inserted: readonly Rule[];
  /** Rules of anyone else, in their order. */
  readonly others: readonly Rule[];
  readonly appended: readonly Rule[];
}

/** Insert mode: ours, others', appended; append mode: others', ours, appended. */
export function kernelChainOrder<Rule>(parts: KernelChainParts<Rule>): readonly Rule[] {
  const { insertMode, inserted, others, appended } = parts;
  return insertMode === 'insert'
    ? [...inserted, ...others, ...appended]
    : [...others, ...inserted, ...appended];
}
