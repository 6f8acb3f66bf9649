/** meta skuid and skgid: who owns the socket that sends (nft_meta_get_eval_skugid()). */

import type { MetaOperation } from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { valueClasses } from '../rules/value-classes.ts';
import { choose } from '../run.ts';
import { setByName } from '../sets/set-by-name.ts';
import { breakRule, storeHost32 } from './store.ts';

export function prepareOwner(operation: MetaOperation, compiler: StepCompiler): Step {
  const to = registerOffset(operation.destination);
  const what = operation.key === 'skuid' ? 'uid' : 'gid';
  const classes = valueClasses(compiler.rest, operation.destination, 2 ** 32, (name) =>
    setByName(compiler.table, name),
  );
  const options = classes.map(({ first, last }) => ({
    label: first === last ? `${first}` : `${first}-${last}`,
  }));
  return (evaluation) => {
    const { sender } = evaluation.packet;
    if (sender === undefined) {
      breakRule(evaluation);
      return;
    }
    const known = what === 'uid' ? sender.uid : sender.gid;
    if (known !== undefined) {
      storeHost32(evaluation, to, known);
      return;
    }
    const key = `socket ${what} ${options.map(({ label }) => label).join(' ')}`;
    const option = choose(evaluation.run, evaluation.packet.subject, {
      reason: 'unknown-user',
      key,
      options,
    });
    storeHost32(evaluation, to, classes[option]?.first ?? 0);
  };
}
