/** Lowers rules by their shape: the first one of each in full, the others by what was learnt from it. */

import type { RuleShape, ShapedRule } from '../../ast/nft/shaped-rule.ts';
import { holeText } from '../../ast/nft/shaped-rule.ts';
import type { Statement } from '../../ast/nft/statements.ts';
import { generatedSpan, type Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramElement, ProgramRule, ProgramSet } from '../../model/program.ts';
import { hookNeed, worksInFamily } from '../checks/hooks.ts';
import type { RuleScope } from '../rule.ts';
import { toProgramSet } from '../sets/program-set.ts';
import { anonymousName } from '../table-scope.ts';
import {
  ShapedCommentedRule,
  ShapedMap,
  ShapedProgramRule,
  ShapedSet,
} from './shaped-program-rule.ts';
import { hasPlainPlaces, type Learnt, makerOf } from './template.ts';
import { trackedStatements } from './tracked-tree.ts';
import { newTracker, type Tracker, tracking } from './tracker.ts';
import { type FactJump, type RuleFacts, type SetTemplate, suits, type Variant } from './variant.ts';

/** What is known of the shapes of one table. */
export type ShapeVariants = Map<RuleShape, KnownShape>;

interface KnownShape {
  readonly variants: Variant[];
  /** Rules that nothing learnt so far suited. */
  misses: number;
}

/** A shape with more than this differs in what its rules mean, not only in constants. */
const mostVariants = 24;

type LowerStatements = (statements: readonly Statement[]) => readonly Operation[];

/** Undefined: the rule has to be lowered in full. */
export function lowerShaped(
  scope: RuleScope,
  shapes: ShapeVariants,
  rule: ShapedRule,
  lowerStatements: LowerStatements,
): ProgramRule | undefined {
  const known = knownShape(shapes, rule.shape);
  for (const variant of known.variants) {
    if (suits(variant, rule)) return instance(scope, rule, variant);
  }
  if (known.misses >= mostVariants) return undefined;
  known.misses++;
  const variant = learn(scope, rule, lowerStatements);
  if (variant === undefined) return undefined;
  known.variants.push(variant);
  return instance(scope, rule, variant);
}

function knownShape(shapes: ShapeVariants, shape: RuleShape): KnownShape {
  const known = shapes.get(shape);
  if (known !== undefined) return known;
  const added: KnownShape = { variants: [], misses: 0 };
  shapes.set(shape, added);
  return added;
}

const noNames: readonly string[] = [];

function instance(scope: RuleScope, rule: ShapedRule, variant: Variant): ProgramRule {
  const names = variant.sets.length === 0 ? noNames : addSets(scope, rule, variant.sets);
  const Rule = 'comment' in rule ? ShapedCommentedRule : ShapedProgramRule;
  return new Rule(rule, variant, names);
}

function addSets(
  { table }: RuleScope,
  rule: ShapedRule,
  templates: readonly SetTemplate[],
): readonly string[] {
  return templates.map((template) => {
    const name = anonymousName(table, template.pattern);
    const Made = template.first.map === undefined ? ShapedSet : ShapedMap;
    table.anonymousSets.push(new Made(name, rule, template));
    return name;
  });
}

/** Statements that change their table: each of them has to be seen. */
const changing: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  'meter',
  'set-update',
  'anonymous-chain',
]);

function learn(
  scope: RuleScope,
  rule: ShapedRule,
  lowerStatements: LowerStatements,
): Variant | undefined {
  const tracker = newTracker(rule);
  const statements = trackedStatements(tracker, rule);
  if (statements === undefined || statements.some(({ kind }) => changing.has(kind))) {
    return undefined;
  }
  const { diagnostics, table } = scope;
  const before = {
    diagnostics: diagnostics.length,
    sets: table.anonymousSets.length,
    counts: [...table.anonymousCounts],
  };
  const operations = tracking(tracker, () => lowerStatements(statements));
  const clean = diagnostics.length === before.diagnostics;
  const sets = table.anonymousSets.splice(before.sets);
  diagnostics.length = before.diagnostics;
  table.anonymousCounts.clear();
  for (const [pattern, count] of before.counts) table.anonymousCounts.set(pattern, count);
  return clean ? variantOf(scope, rule, tracker, operations, sets.map(programSet)) : undefined;
}

export function programSet(set: RuleScope['table']['anonymousSets'][number]): ProgramSet {
  return 'keyLength' in set ? set : toProgramSet(set);
}

function variantOf(
  scope: RuleScope,
  rule: ShapedRule,
  tracker: Tracker,
  operations: readonly Operation[],
  sets: readonly ProgramSet[],
): Variant | undefined {
  // What looks at values from here on makes no guards.
  const guarded = new Set(tracker.guards);
  const places = [operations, sets.map(({ elements, span }) => [elements, span])];
  if (!hasPlainPlaces(rule, places)) return undefined;
  const learnt: Learnt = { tracker, setNames: sets.map(({ name }) => name) };
  const maker = makerOf(learnt, operations);
  const facts = factsOf(scope, learnt, operations, sets);
  if (facts === undefined) return undefined;
  const templates = sets.map((set) => setTemplate(learnt, set));
  const guards = [...guarded].map((hole) => ({ hole, text: holeText(rule, hole) }));
  const readings = [...tracker.readings].flatMap(([hole, list]) =>
    guarded.has(hole) ? [] : list.map((reading) => ({ hole, reading })),
  );
  return {
    guards,
    readings,
    sets: templates,
    operations: (other, names) => {
      const made = maker?.(other, names);
      return isOperations(made) ? made : operations;
    },
    facts,
  };
}

function isOperations(value: unknown): value is readonly Operation[] {
  return Array.isArray(value);
}

function setTemplate(learnt: Learnt, set: ProgramSet): SetTemplate {
  const elements = makerOf(learnt, set.elements);
  const span = makerOf(learnt, set.span);
  return {
    pattern: set.name.replace(/\d+$/, '%d'),
    first: set,
    elements: (rule) => {
      const made = elements?.(rule, noNames);
      return isElements(made) ? made : set.elements;
    },
    span: (rule) => {
      const made = span?.(rule, noNames);
      return isPlace(made) ? made : generatedSpan;
    },
  };
}

function isElements(value: unknown): value is readonly ProgramElement[] {
  return Array.isArray(value);
}

function isPlace(value: unknown): value is ProgramSet['span'] {
  return typeof value === 'object' && value !== null && 'start' in value;
}

/** Undefined: something is wrong that has to be said of every rule. */
function factsOf(
  { table }: RuleScope,
  learnt: Learnt,
  operations: readonly Operation[],
  sets: readonly ProgramSet[],
): RuleFacts | undefined {
  const { family } = table.table;
  const jumps: FactJump[] = [];
  const maps: string[] = [];
  const needs: Operation[] = [];
  const addJump = (data: unknown, span: Span | undefined): void => {
    const target = jumpOf(learnt.tracker, data);
    if (target !== undefined) jumps.push({ target, place: placeOf(learnt, span) });
  };
  for (const operation of operations) {
    if (!worksInFamily(operation, family)) return undefined;
    if (hookNeed(operation, family) !== undefined) needs.push(operation);
    if (operation.kind === 'immediate') addJump(operation.data, operation.span);
    else if (operation.kind === 'lookup' && operation.destination === 0) {
      const own = sets.find(({ name }) => name === operation.set);
      if (own === undefined) maps.push(operation.set);
      for (const { data, span } of own?.elements ?? []) addJump(data, span);
    }
  }
  return { jumps, maps, needs };
}

/** The hole that names the chain, or the name. */
function jumpOf({ verdicts }: Tracker, data: unknown): number | string | undefined {
  if (typeof data !== 'object' || data === null || !('chain' in data)) return undefined;
  for (const [verdict, hole] of verdicts) if (verdict === data) return hole;
  return typeof data.chain === 'string' ? data.chain : undefined;
}

function placeOf(learnt: Learnt, span: Span | undefined): FactJump['place'] {
  const make = makerOf(learnt, span);
  return (rule) => {
    const made = make?.(rule, noNames);
    return isPlace(made) ? made : rule.span;
  };
}
