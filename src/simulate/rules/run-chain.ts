/** Evaluating a base chain: nft_do_chain(), net/netfilter/nf_tables_core.c. */

import type { Span } from '../../base/span.ts';
import { jumpStackSize } from '../../fields/hooks.ts';
import type { TraceEvent } from '../../trace/event.ts';
import type { MissedRules, Recorder } from '../../trace/recorder.ts';
import type { CompiledProgram } from '../compile.ts';
import { type LivePacket, packetBytes } from '../live-packet.ts';
import { noteMatch } from '../rule-trace.ts';
import { type Run, record } from '../run.ts';
import { type ChainIndex, nextCandidate } from './chain-index.ts';
import { chainOf, type Evaluation, type HookState, type Step } from './evaluation.ts';
import type { JumpStack } from './jump-stack.ts';
import { missedRule } from './missed-rule.ts';
import { fillPacketInfo, packetInfo } from './packet-info.ts';
import { openChain, openCode, plainSteps, type RuleShop, ruleStart } from './prepare-rule.ts';
import type { PreparedChain } from './prepared-chain.ts';
import {
  acceptVerdict,
  breakVerdict,
  continueVerdict,
  dropVerdict,
  newRegisters,
  type RuleVerdict,
} from './registers.ts';
import { chainCode, ruleHead, ruleOutcome } from './rule-code.ts';
import { noteChain, noteRule, placeOf } from './rule-notes.ts';
import { runCode, runPiece } from './run-code.ts';

/** The verdict of the base chain: accept, drop, stolen or queue. */
export function runBaseChain(
  run: Run,
  packet: LivePacket,
  state: HookState,
  base: PreparedChain,
): RuleVerdict {
  const evaluation = startEvaluation(run, packet, state, base);
  if (run.recorder !== undefined) noteChain(evaluation);
  packet.journey.chains++;
  run.depth++;
  const plainly = run.compiled.shop.plain || run.recorder?.wantsMisses === true;
  const { stack } = run;
  // Chains that packets run through because of this one have their frames above those of this one.
  const bottom = stack.depth;
  const verdict = plainly
    ? walkPlainly(evaluation, stack, bottom)
    : walkCode(evaluation, stack, bottom);
  stack.depth = bottom;
  run.depth--;
  return verdict;
}

/** In the room of this depth: nobody may keep the evaluation beyond the base chain. */
function startEvaluation(
  run: Run,
  packet: LivePacket,
  state: HookState,
  base: PreparedChain,
): Evaluation {
  const room = run.rooms[run.depth];
  if (room === undefined) {
    const made = {
      run,
      packet,
      state,
      registers: newRegisters(),
      info: { ...packetInfo(packet, state.family) },
      table: base.table,
      base,
      chain: base.number,
      rule: 0,
      at: 0,
      word: 0,
      element: undefined,
    };
    run.rooms[run.depth] = made;
    return made;
  }
  room.packet = packet;
  room.state = state;
  fillPacketInfo(room.info, packet, state.family);
  room.table = base.table;
  room.base = base;
  room.chain = base.number;
  room.rule = 0;
  room.word = 0;
  room.element = undefined;
  room.registers.verdict = continueVerdict;
  return room;
}

/** Back to where a chain was jumped to from; false: it was the base chain. */
function returnToCaller(evaluation: Evaluation, stack: JumpStack, bottom: number): boolean {
  if (stack.depth === bottom) return false;
  const at = --stack.depth;
  evaluation.chain = stack.chains[at] ?? evaluation.base.number;
  evaluation.rule = stack.rules[at] ?? 0;
  return true;
}

/** False: jumped too deep. `place`: where the code of the next rule starts. */
function pushCaller(
  { chain, rule }: Evaluation,
  stack: JumpStack,
  bottom: number,
  place: number,
): boolean {
  const at = stack.depth;
  if (at - bottom >= jumpStackSize) return false;
  stack.chains[at] = chain;
  stack.rules[at] = rule + 1;
  stack.places[at] = place;
  stack.depth = at + 1;
  return true;
}

/** Rule by rule, operation by operation, as the kernel goes. */
function walkPlainly(evaluation: Evaluation, stack: JumpStack, bottom: number): RuleVerdict {
  const { run, registers } = evaluation;
  const { shop } = run.compiled;
  for (;;) {
    const { rule } = evaluation;
    const chain = chainOf(evaluation);
    if (chain.first < 0) openChain(shop, chain);
    if (chain.index !== undefined && skipMisses(evaluation, chain, chain.index)) continue;
    if (rule >= chain.count) {
      if (!returnToCaller(evaluation, stack, bottom)) return applyPolicy(evaluation);
      continue;
    }
    const verdict = runPlainly(evaluation, plainSteps(shop, chain, rule));
    registers.verdict = continueVerdict;
    switch (verdict.kind) {
      case 'break':
      case 'continue':
        evaluation.rule++;
        continue;
      case 'return':
        evaluation.rule = chain.count;
        continue;
      case 'jump':
      case 'goto':
        if (!enterNamed(evaluation, chain, stack, bottom, verdict))
          return decide(evaluation, dropVerdict);
        continue;
      default:
        return decide(evaluation, verdict);
    }
  }
}

/** True: rules that the packet cannot match were passed over, and are noted to be looked at later. */
function skipMisses(evaluation: Evaluation, chain: PreparedChain, index: ChainIndex): boolean {
  const { run, rule } = evaluation;
  const { recorder } = run;
  if (recorder?.recordMisses === undefined || rule >= chain.count) return false;
  const next = nextCandidate(index, evaluation, rule);
  if (next === rule) return false;
  recorder.recordMisses(missedRules(evaluation, next));
  evaluation.rule = next;
  return true;
}

/** The rules before `end`, with the packet as it is now; all they do is to fail one of their first tests. */
function missedRules(evaluation: Evaluation, end: number): MissedRules {
  const { run, packet, rule } = evaluation;
  const chain = chainOf(evaluation);
  const { connection } = packet;
  const kept: Evaluation = {
    ...evaluation,
    run: { ...run },
    info: { ...evaluation.info },
    packet: {
      ...packet,
      bytes: packetBytes(packet),
      connection: connection && { ...connection },
    },
    registers: newRegisters(),
  };
  return {
    count: end - rule,
    events() {
      const events: TraceEvent[] = [];
      const recorder: Recorder = { wantsMisses: true, record: (event) => events.push(event) };
      const again: Evaluation = { ...kept, run: { ...kept.run, recorder } };
      for (again.rule = rule; again.rule < end; again.rule++) {
        runPlainly(again, plainSteps(run.compiled.shop, chain, again.rule));
        again.registers.verdict = continueVerdict;
      }
      return events;
    },
  };
}

/** The verdict of one rule; `break` when it does not match, with a note where it stopped. */
function runPlainly(evaluation: Evaluation, steps: readonly Step[]): RuleVerdict {
  const { registers, run } = evaluation;
  for (let index = 0; index < steps.length; index++) {
    steps[index]?.(evaluation);
    if (registers.verdict === continueVerdict || registers.verdict.kind === 'continue') continue;
    if (registers.verdict.kind === 'break') {
      if (run.recorder?.wantsMisses === true) missedRule(evaluation, index);
      return registers.verdict;
    }
    break;
  }
  if (run.ruleTrace !== undefined)
    noteMatch(run.ruleTrace, chainOf(evaluation).first + evaluation.rule);
  if (run.recorder !== undefined) noteRule(evaluation, registers.verdict);
  return registers.verdict;
}

/** False: jumped too deep, or to a chain that is not there. */
function enterNamed(
  evaluation: Evaluation,
  { siblings }: PreparedChain,
  stack: JumpStack,
  bottom: number,
  verdict: Extract<RuleVerdict, { readonly kind: 'jump' | 'goto' }>,
): boolean {
  const target = siblings.get(verdict.chain);
  if (verdict.kind === 'jump' && !pushCaller(evaluation, stack, bottom, 0)) return false;
  if (target === undefined) return false;
  evaluation.chain = target.number;
  evaluation.rule = 0;
  return true;
}

/** The same over the code of the rules, and only those that the index of a chain leads to. */
function walkCode(evaluation: Evaluation, stack: JumpStack, bottom: number): RuleVerdict {
  const { run } = evaluation;
  const { compiled, ruleTrace } = run;
  const { code } = compiled.shop;
  const noted = ruleTrace !== undefined || run.recorder !== undefined;
  let place = codeOf(compiled, evaluation.chain);
  for (;;) {
    const outcome =
      place > 0
        ? runPiece(evaluation, code, place, noted)
        : walkRules(evaluation, compiled.shop, chainOf(evaluation));
    if (outcome === ruleOutcome.break) {
      if (!returnToCaller(evaluation, stack, bottom)) return applyPolicy(evaluation);
      place = stack.places[stack.depth] ?? 0;
      continue;
    }
    const { at } = evaluation;
    const next = place > 0 ? at + (code.words[at + ruleHead.length] ?? 0) : 0;
    if (ruleTrace !== undefined) noteMatch(ruleTrace, code.words[at] ?? 0);
    if (outcome >= ruleOutcome.jump) {
      const target = (outcome - ruleOutcome.jump) >> 1;
      const isJump = (outcome & 1) === 0;
      if (run.recorder !== undefined) noteJump(evaluation, target, isJump);
      if (isJump && !pushCaller(evaluation, stack, bottom, next))
        return decide(evaluation, dropVerdict);
      evaluation.chain = target;
      evaluation.rule = 0;
      place = codeOf(compiled, target);
      continue;
    }
    const verdict = settle(evaluation, outcome);
    if (verdict.kind === 'continue') {
      evaluation.rule++;
      place = next;
    } else if (verdict.kind === 'return') {
      if (!returnToCaller(evaluation, stack, bottom)) return applyPolicy(evaluation);
      place = stack.places[stack.depth] ?? 0;
    } else if (verdict.kind === 'jump' || verdict.kind === 'goto') {
      const chain = chainOf(evaluation);
      if (!enterNamed(evaluation, chain, stack, bottom, verdict))
        return decide(evaluation, dropVerdict);
      if (verdict.kind === 'jump') stack.places[stack.depth - 1] = next;
      place = codeOf(compiled, evaluation.chain);
    } else return decide(evaluation, verdict);
  }
}

/** What the matching rule says, noted. */
function settle(evaluation: Evaluation, outcome: number): RuleVerdict {
  const { run, registers } = evaluation;
  const verdict = verdicts[outcome] ?? registers.verdict;
  if (run.recorder !== undefined) noteRule(evaluation, verdict);
  registers.verdict = continueVerdict;
  return verdict;
}

function noteJump(evaluation: Evaluation, target: number, isJump: boolean): void {
  const name = evaluation.run.compiled.chains[target]?.chain.name ?? '';
  noteRule(evaluation, { kind: isJump ? 'jump' : 'goto', chain: name });
}

/** Where the chain's code starts, or `chainCode.none`. */
function codeOf({ shop, chains }: CompiledProgram, number: number): number {
  const known = shop.code.chains[number] ?? chainCode.unknown;
  if (known !== chainCode.unknown) return known;
  const chain = chains[number];
  return chain === undefined ? chainCode.none : openCode(shop, chain);
}

/** From `evaluation.rule` to the first rule that matches, and what it says; `break`: the chain is at its end. */
function walkRules(evaluation: Evaluation, shop: RuleShop, chain: PreparedChain): number {
  const { code } = shop;
  const { index, count, first } = chain;
  for (let rule = evaluation.rule; rule < count; rule++) {
    if (index !== undefined) {
      rule = nextCandidate(index, evaluation, rule);
      if (rule >= count) break;
    }
    evaluation.rule = rule;
    const known = code.starts[first + rule] ?? 0;
    const start = known === 0 ? ruleStart(shop, chain, rule) : known;
    const outcome = runCode(evaluation, code, start);
    if (outcome !== ruleOutcome.break) {
      evaluation.at = start;
      return outcome;
    }
  }
  evaluation.rule = count;
  return ruleOutcome.break;
}

/** By outcome; `verdict` is in the registers. */
const verdicts: readonly (RuleVerdict | undefined)[] = [
  breakVerdict,
  continueVerdict,
  { kind: 'return' },
  acceptVerdict,
  dropVerdict,
  undefined,
];

/** A terminal verdict of a rule: the journey remembers the place in case the packet ends. */
function decide(evaluation: Evaluation, verdict: RuleVerdict): RuleVerdict {
  if (verdict.kind === 'accept') return acceptVerdict;
  const { packet, rule } = evaluation;
  const chain = chainOf(evaluation);
  packet.journey.decision = {
    kind: 'rule',
    family: chain.table.family,
    table: chain.table.name,
    chain: chain.chain.name,
    loader: chain.table.loader,
    index: rule,
    ...originOf(chain, rule),
  };
  return verdict;
}

function originOf({ chain }: PreparedChain, rule: number): { origin?: Span } {
  const origin = chain.rules[rule]?.span;
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
