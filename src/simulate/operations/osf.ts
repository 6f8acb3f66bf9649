/** osf: the operating system that a SYN looks like (nft_osf.c); its fingerprints are no fact of the host. */

import type { Operation, OsfOperation } from '../../model/operations.ts';
import { byteAt } from '../../packet/bytes.ts';
import { protocol, tcpFlag } from '../../packet/protocols.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { choose } from '../run.ts';
import { breakRule, storeText } from './store.ts';

/** NFT_OSF_MAXGENRELEN */
const genreLength = 16;

/** The names that the rule tells apart, and `unknown`, which every kernel without fingerprints says. */
export function prepareOsf(
  operation: OsfOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const to = registerOffset(operation.destination);
  const names = namesCompared(operation, compiler);
  const options = names.map((label) => ({ label }));
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    const { run, packet, info } = evaluation;
    const at = info.transport;
    const isSyn =
      info.protocol === protocol.tcp &&
      info.fragmentOffset === 0 &&
      at + 20 <= packet.length &&
      (byteAt(packet.bytes, at + 13) & tcpFlag.syn) !== 0;
    if (!isSyn) {
      breakRule(evaluation);
      return;
    }
    const what = operation.version ? 'osf version' : 'osf name';
    const key = `${what} ${names.join(' ')}`;
    const question = { reason: 'unknown-match', key, options, ...origin } as const;
    storeText(evaluation, to, names[choose(run, packet.subject, question)] ?? '', genreLength);
  };
}

const textOf = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes.filter((byte) => byte !== 0));

function namesCompared(
  { destination }: OsfOperation,
  { rest, table }: StepCompiler,
): readonly string[] {
  const names = new Set(['unknown']);
  for (const operation of rest) {
    if (operation.kind === 'cmp' && operation.source === destination)
      names.add(textOf(operation.data));
    if (operation.kind !== 'lookup' || operation.source !== destination) continue;
    const set = table.sets.find(({ name }) => name === operation.set);
    for (const { key } of set?.elements ?? []) if (key !== undefined) names.add(textOf(key));
  }
  return [...names];
}
