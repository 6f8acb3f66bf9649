/** socket: facts about the socket that a packet belongs to (nft_socket.c). */

import type { SocketOperation } from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { valueClasses } from '../rules/value-classes.ts';
import { choose, chooseYes } from '../run.ts';
import { flowText } from '../xt/undetermined.ts';
import { breakRule, store8, storeHost32 } from './store.ts';

/** Which sockets the host has is no fact: whether there is one is a choice, and what it is like another. */
export function prepareSocket(operation: SocketOperation, compiler: StepCompiler): Step {
  const to = registerOffset(operation.destination);
  const { key } = operation;
  const classes = valueClasses(compiler.rest, operation.destination, 2 ** 32, (name) =>
    compiler.table.sets.find((set) => set.name === name),
  );
  const options = classes.map(({ first, last }) => ({
    label: first === last ? `${first}` : `${first}-${last}`,
  }));
  return (evaluation) => {
    const { run, packet } = evaluation;
    const flow = flowText(evaluation);
    const exists = { reason: 'unknown-socket', key: `socket of ${flow}` } as const;
    if (!chooseYes(run, packet.subject, exists)) {
      breakRule(evaluation);
      return;
    }
    const question = { reason: 'unknown-socket', key: `${key} of the socket of ${flow}` } as const;
    if (key === 'transparent' || key === 'wildcard')
      store8(evaluation, to, chooseYes(run, packet.subject, question) ? 1 : 0);
    else if (key === 'mark')
      storeHost32(
        evaluation,
        to,
        classes[choose(run, packet.subject, { ...question, options })]?.first ?? 0,
      );
    else
      compareUnknown(evaluation, to, chooseYes(run, packet.subject, question), operation, compiler);
  };
}

/** A cgroup number is only compared: the answer is whether it is the one asked for. */
function compareUnknown(
  evaluation: Parameters<Step>[0],
  to: number,
  equal: boolean,
  { destination }: SocketOperation,
  { rest }: StepCompiler,
): void {
  const compared = rest.find(
    (operation) => operation.kind === 'cmp' && operation.source === destination,
  );
  const { bytes } = evaluation.registers;
  bytes.fill(0, to, to + 8);
  if (compared?.kind !== 'cmp') return;
  bytes.set(compared.data, to);
  if (!equal) bytes[to] = (bytes[to] ?? 0) ^ 1;
}
