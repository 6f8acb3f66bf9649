/** Evaluating a base chain: nft_do_chain(), net/netfilter/nf_tables_core.c. */

import type { ChainPlace, TracedVerdict } from '../../trace/event.ts';
import type { LivePacket } from '../live-packet.ts';
import { conntrackNow, type Run, record, summaryNow } from '../run.ts';
import { nextCandidate } from './chain-index.ts';
import type { Evaluation, HookState, Step } from './evaluation.ts';
import { missedRule } from './missed-rule.ts';
import { packetInfo } from './packet-info.ts';
import type { PreparedChain, PreparedRule } from './prepared-chain.ts';
import {
  acceptVerdict,
  breakVerdict,
  continueVerdict,
  dropVerdict,
  newRegisters,
  type RuleVerdict,
} from './registers.ts';
import { passesTests } from './test-code.ts';

/** NFT_JUMP_STACK_SIZE */
const stackSize = 16;

interface Frame {
  readonly chain: PreparedChain;
  readonly next: number;
}

/** The verdict of the base chain: accept, drop, stolen or queue. */
export function runBaseChain(
  run: Run,
  packet: LivePacket,
  state: HookState,
  base: PreparedChain,
): RuleVerdict {
  const registers = run.depth === 0 ? run.registers : newRegisters();
  const evaluation: Evaluation = {
    run,
    packet,
    state,
    registers,
    info: packetInfo(packet, state.family),
    table: base.table,
    base,
    chain: base,
    rule: 0,
    word: 0,
    element: undefined,
  };
  if (run.recorder !== undefined) noteChain(evaluation);
  packet.journey.chains++;
  run.depth++;
  const verdict = walkRules(evaluation);
  run.depth--;
  return verdict;
}

function walkRules(evaluation: Evaluation): RuleVerdict {
  const { run, registers } = evaluation;
  const explains = run.recorder?.wantsMisses === true;
  const stack: Frame[] = [];
  for (;;) {
    const { chain } = evaluation;
    const { count, rules, index } = chain.opened ?? run.compiled.openChain(chain);
    if (index !== undefined && !explains && evaluation.rule < count)
      evaluation.rule = nextCandidate(index, evaluation, evaluation.rule);
    if (evaluation.rule >= count) {
      const frame = stack.pop();
      if (frame === undefined) return applyPolicy(evaluation);
      evaluation.chain = frame.chain;
      evaluation.rule = frame.next;
      continue;
    }
    const rule = rules[evaluation.rule] ?? run.compiled.prepareRule(chain, evaluation.rule);
    const verdict = explains ? explainRule(evaluation, rule) : runRule(evaluation, rule);
    registers.verdict = continueVerdict;
    switch (verdict.kind) {
      case 'break':
      case 'continue':
        evaluation.rule++;
        continue;
      case 'return':
        evaluation.rule = count;
        continue;
      case 'jump':
      case 'goto': {
        if (verdict.kind === 'jump') {
          if (stack.length >= stackSize) return decide(evaluation, dropVerdict);
          stack.push({ chain, next: evaluation.rule + 1 });
        }
        const target = chain.siblings.get(verdict.chain);
        if (target === undefined) return decide(evaluation, dropVerdict);
        evaluation.chain = target;
        evaluation.rule = 0;
        continue;
      }
      default:
        return decide(evaluation, verdict);
    }
  }
}

/** The verdict of one rule; `break` when it does not match. */
function runRule(evaluation: Evaluation, rule: PreparedRule): RuleVerdict {
  if (!passesTests(rule.tests, evaluation)) return breakVerdict;
  const { registers } = evaluation;
  if (runSteps(evaluation, rule.steps) < rule.steps.length && registers.verdict.kind === 'break')
    return registers.verdict;
  if (evaluation.run.recorder !== undefined) noteRule(evaluation, rule, registers.verdict);
  return registers.verdict;
}

/** The same, one operation after the other, with a note where it stopped. */
function explainRule(evaluation: Evaluation, rule: PreparedRule): RuleVerdict {
  const { registers, run, chain } = evaluation;
  const covered = rule.coveredSteps ?? run.compiled.prepareCovered(chain, rule);
  let stopped = runSteps(evaluation, covered);
  if (stopped === covered.length) stopped += runSteps(evaluation, rule.steps);
  if (registers.verdict.kind === 'break') missedRule(evaluation, rule, stopped);
  else noteRule(evaluation, rule, registers.verdict);
  return registers.verdict;
}

/** Runs steps until one decides; its position, or the number of steps. */
function runSteps(evaluation: Evaluation, steps: readonly Step[]): number {
  const { registers } = evaluation;
  for (let index = 0; index < steps.length; index++) {
    steps[index]?.(evaluation);
    if (registers.verdict !== continueVerdict && registers.verdict.kind !== 'continue')
      return index;
  }
  return steps.length;
}

/** A terminal verdict of a rule: the journey remembers the place in case the packet ends. */
function decide(evaluation: Evaluation, verdict: RuleVerdict): RuleVerdict {
  if (verdict.kind === 'accept') return acceptVerdict;
  const { packet, chain, rule } = evaluation;
  packet.journey.decision = {
    kind: 'rule',
    family: chain.table.family,
    table: chain.table.name,
    chain: chain.chain.name,
    loader: chain.table.loader,
    index: rule,
    ...originOf(evaluation),
  };
  return verdict;
}

function originOf({ chain, rule }: Evaluation): { origin?: PreparedRule['rule']['span'] } {
  const origin = chain.chain.rules[rule]?.span;
  return origin === undefined ? {} : { origin };
}

function applyPolicy(evaluation: Evaluation): RuleVerdict {
  const { run, packet, base } = evaluation;
  const policy = base.chain.base?.policy ?? 'accept';
  if (run.recorder !== undefined)
    record(run, {
      kind: 'policy-applied',
      subject: packet.subject,
      ...placeOf(base),
      policy,
      mark: packet.mark,
      origin: base.chain.span,
    });
  if (policy === 'accept') return acceptVerdict;
  packet.journey.decision = { ...placeOf(base), kind: 'policy', origin: base.chain.span };
  return dropVerdict;
}

export function placeOf({ table, chain }: PreparedChain): ChainPlace {
  return { family: table.family, table: table.name, chain: chain.name, loader: table.loader };
}

function noteChain(evaluation: Evaluation): void {
  const { run, packet, state, base } = evaluation;
  const hook = base.chain.base;
  const conntrack = conntrackNow(packet);
  record(run, {
    kind: 'chain-entered',
    subject: packet.subject,
    ...placeOf(base),
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

function noteRule(evaluation: Evaluation, prepared: PreparedRule, verdict: RuleVerdict): void {
  const { run, packet, chain, rule } = evaluation;
  const { handle, comment, span } = prepared.rule;
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
