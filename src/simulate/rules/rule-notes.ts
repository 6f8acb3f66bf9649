/** What traces are told of chains and rules. */

import type { ChainPlace, TracedVerdict } from '../../trace/event.ts';
import { conntrackNow, record, summaryNow } from '../run.ts';
import { chainOf, type Evaluation } from './evaluation.ts';
import type { PreparedChain } from './prepared-chain.ts';
import type { RuleVerdict } from './registers.ts';

export function placeOf({ table, chain }: PreparedChain): ChainPlace {
  return { family: table.family, table: table.name, chain: chain.name, loader: table.loader };
}

/** The base chain that begins. */
export function noteChain(evaluation: Evaluation): void {
  const { run, packet, state, base } = evaluation;
  const { table, chain } = base;
  const hook = chain.base;
  const conntrack = conntrackNow(packet);
  record(run, {
    kind: 'chain-entered',
    subject: packet.subject,
    family: table.family,
    table: table.name,
    chain: chain.name,
    loader: table.loader,
    hook: state.hook,
    priority: hook?.priority ?? 0,
    chainType: hook?.type ?? 'filter',
    ...(state.input === undefined ? {} : { iif: state.input.name }),
    ...(state.output === undefined ? {} : { oif: state.output.name }),
    mark: packet.mark,
    packet: summaryNow(packet),
    ...(conntrack === undefined ? {} : { conntrack }),
    origin: base.chain.span,
  });
}

/** A rule that matched. */
export function noteRule(evaluation: Evaluation, verdict: RuleVerdict): void {
  const { run, packet, rule } = evaluation;
  const chain = chainOf(evaluation);
  const written = chain.chain.rules[rule];
  if (written === undefined) return;
  const { handle, comment, span } = written;
  if (handle === undefined && comment === undefined) {
    record(run, {
      kind: 'rule-matched',
      subject: packet.subject,
      family: chain.table.family,
      table: chain.table.name,
      chain: chain.chain.name,
      loader: chain.table.loader,
      index: rule,
      verdict: tracedVerdict(verdict),
      mark: packet.mark,
      origin: span,
    });
    return;
  }
  record(run, {
    kind: 'rule-matched',
    subject: packet.subject,
    ...placeOf(chain),
    index: rule,
    ...(handle === undefined ? {} : { handle }),
    verdict: tracedVerdict(verdict),
    mark: packet.mark,
    ...(comment === undefined ? {} : { comment }),
    origin: span,
  });
}

function tracedVerdict(verdict: RuleVerdict): TracedVerdict {
  switch (verdict.kind) {
    case 'break':
      return { kind: 'continue' };
    case 'queue':
      return { kind: 'queue', number: verdict.number };
    case 'jump':
    case 'goto':
      return { kind: verdict.kind, chain: verdict.chain };
    default:
      return { kind: verdict.kind };
  }
}
