/** The pass over a rule's statements (nft: rule_parse_postprocess). */

import type { Family } from '../fields/families.ts';
import { dependencyOf, releaseDependency, resetDependencies } from './dependencies.ts';
import type { Draft, MatchDraft, PlainDraft, RejectDraft } from './draft.ts';
import { insideTunnel, newPass, type Pass } from './layers.ts';
import { flagItems, processMatch } from './match.ts';
import { processPayloadWrite } from './payload-write.ts';
import { postprocess } from './postprocess.ts';
import { rangeTree, type Tree } from './tree.ts';

/** The statements that are listed; what became redundant is marked `removed`. */
export function processStatements(family: Family, drafts: readonly Draft[]): Pass {
  const pass = newPass(family);
  for (const draft of drafts) processDraft(pass, draft);
  return pass;
}

function tunnelOperand(draft: Draft): Tree | undefined {
  if (draft.kind === 'match') return draft.left;
  if (draft.kind === 'vmap') return draft.map;
  return draft.kind === 'plain' ? draft.operands[0] : undefined;
}

function processDraft(pass: Pass, draft: Draft): void {
  pass.current = insideTunnel(tunnelOperand(draft)) ? pass.inner : pass.outer;
  const { dependencies } = pass.current;
  if (draft.kind === 'match') {
    processMatch(pass, draft);
    dependencies.previous = mergeRange(pass, dependencies.previous);
    return;
  }
  if (draft.kind === 'vmap') {
    postprocess(pass, draft.map);
    pass.output.push(draft);
    dependencies.previous = undefined;
    return;
  }
  if (draft.kind === 'payload-write') processPayloadWrite(pass, draft);
  else if (draft.kind === 'reject') processReject(pass, draft);
  else processPlain(pass, draft);
  resetDependencies(dependencies);
}

function processPlain(pass: Pass, draft: PlainDraft): void {
  draft.operands = draft.operands.map((operand, index) => {
    if (operand === undefined) return undefined;
    if (draft.resetBefore === index) resetDependencies(pass.current.dependencies);
    pass.inConcat = draft.elements === true;
    const tree = postprocess(pass, operand);
    pass.inConcat = false;
    return draft.flagList ? flagItems(tree) : tree;
  });
  pass.output.push(draft);
}

/** A reject implies the protocol that its answer needs (nft: stmt_reject_postprocess). */
function processReject(pass: Pass, draft: RejectDraft): void {
  const { protocols, dependencies } = pass.current;
  if (protocols.family === 'ip' || protocols.family === 'ip6') {
    if (draft.type === 1) releaseDependency(dependencies, 3);
  } else if (draft.type !== 2 && dependencyOf(dependencies, 2) !== undefined) {
    releaseDependency(dependencies, 2);
  }
  draft.network = protocols.headers[2]?.protocol;
  pass.output.push(draft);
}

/** `>= a` and `<= b` on one thing is the range a-b (older kernels and iptables have no range operation). */
function mergeRange(pass: Pass, previous: MatchDraft | undefined): MatchDraft | undefined {
  const last = pass.output.at(-1);
  if (last?.kind !== 'match') return undefined;
  if (previous === undefined || previous.removed || !sameKind(previous.left, last.left))
    return last;
  const inside = previous.operator === 'gte' && last.operator === 'lte';
  const outside = previous.operator === 'lt' && last.operator === 'gt';
  if (!inside && !outside) return last;
  previous.removed = true;
  last.operator = inside ? 'eq' : 'neq';
  last.right = rangeTree(previous.right, last.right);
  return last;
}

function sameKind(first: Tree, second: Tree): boolean {
  const bare = (tree: Tree) => (tree.kind === 'unary' ? tree.argument : tree);
  return bare(first).kind === bare(second).kind;
}
