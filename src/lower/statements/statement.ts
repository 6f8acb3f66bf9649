/** One statement of a rule, by its kind (nft: stmt_evaluate() and netlink_gen_stmt()). */

import type {
  AnonymousChainStatement,
  FlowStatement,
  PerStatement,
  Statement,
  StatementByKind,
  SynproxyStatement,
  VerdictStatement,
  VmapStatement,
  XtStatement,
} from '../../ast/nft/statements.ts';
import { verdictType } from '../../datatypes/basic.ts';
import { expectType, fail, type LoweringContext } from '../context.ts';
import { modelVerdict } from '../evaluate/verdict.ts';
import { generateVerdictMap } from '../generate/load.ts';
import { evaluateMap } from '../sets/map.ts';
import { closest } from '../suggest.ts';
import { lowerAnonymousChain } from './anonymous-chain.ts';
import { lowerDup, lowerFwd, lowerQueue } from './forward.ts';
import { lowerLog } from './log.ts';
import { lowerMangle, lowerResetOption } from './mangle.ts';
import { lowerMatch } from './match.ts';
import { lowerNat, lowerTproxy } from './nat.ts';
import { lowerObjectReference } from './object-reference.ts';
import { emit, pushOperation } from './push.ts';
import { lowerReject } from './reject.ts';
import { lowerMeter, lowerSetUpdate } from './set-update.ts';
import { checkStateful, statefulOperation } from './stateful.ts';

type Lower<Kind extends Statement['kind']> = (
  statement: StatementByKind[Kind],
  context: LoweringContext,
) => boolean;

function lowerStateful(
  statement: StatementByKind['counter' | 'quota' | 'limit' | 'ct-count' | 'last'],
  context: LoweringContext,
): boolean {
  const operation = statefulOperation(statement);
  if (operation === undefined) return false;
  checkStateful(context, statement);
  return pushOperation(
    context,
    operation.span === undefined ? { ...operation, span: statement.span } : operation,
  );
}

function lowerVerdict(statement: VerdictStatement, context: LoweringContext): boolean {
  const data = modelVerdict(context, statement.verdict, statement.span);
  if (data === undefined) return false;
  return pushOperation(context, { kind: 'immediate', destination: 0, data, span: statement.span });
}

function lowerVmap(statement: VmapStatement, context: LoweringContext): boolean {
  expectType(context, verdictType, 'none', 0);
  const { key, data, span } = statement;
  const map = evaluateMap(context, { kind: 'map', key, data, span });
  if (map === undefined) return false;
  if (map.set.kind !== 'verdict-map') {
    fail(
      context,
      'datatype-mismatch',
      span,
      `datatype mismatch: expected netfilter verdict, expression has type ${map.type.description}`,
    );
    return false;
  }
  return emit(context, (emitter) => generateVerdictMap(emitter, map));
}

function lowerSynproxy(statement: SynproxyStatement, context: LoweringContext): boolean {
  const { mss, wscale, flags = [], span } = statement;
  const bits =
    (mss === undefined ? 0 : 0x1) |
    (wscale === undefined ? 0 : 0x2) |
    (flags.includes('sack-perm') ? 0x4 : 0) |
    (flags.includes('timestamp') ? 0x8 : 0);
  return pushOperation(context, {
    kind: 'synproxy',
    mss: (mss ?? 0) % 65536,
    wscale: wscale ?? 0,
    flags: bits,
    span,
  });
}

function lowerFlow(statement: FlowStatement, context: LoweringContext): boolean {
  const { flowtable, span } = statement;
  const { flowtables } = context.table;
  if (!flowtables.has(flowtable)) {
    const near = closest(flowtable, flowtables);
    fail(
      context,
      'unknown-flowtable',
      span,
      `no flowtable '${flowtable}' in this table`,
      near === undefined ? {} : { hint: `did you mean '${near}'?` },
    );
  }
  return pushOperation(context, { kind: 'flow-offload', flowtable, span });
}

/** What an nft listing shows of iptables extensions: the name at most. */
function lowerXt(statement: XtStatement, context: LoweringContext): boolean {
  const { name = '', span, type } = statement;
  return pushOperation(
    context,
    type === 'match'
      ? { kind: 'match', match: { name }, span }
      : { kind: 'target', target: { name }, span },
  );
}

const lowerers: PerStatement<[LoweringContext], boolean> = {
  match: (statement, context) => lowerMatch(context, statement),
  verdict: lowerVerdict,
  'anonymous-chain': (statement: AnonymousChainStatement, context) =>
    lowerAnonymousChain(context, statement),
  vmap: lowerVmap,
  counter: lowerStateful,
  quota: lowerStateful,
  limit: lowerStateful,
  'ct-count': lowerStateful,
  last: lowerStateful,
  log: (statement, context) => lowerLog(context, statement),
  reject: (statement, context) => lowerReject(context, statement),
  nat: (statement, context) => lowerNat(context, statement),
  tproxy: (statement, context) => lowerTproxy(context, statement),
  notrack: (statement, context) =>
    pushOperation(context, { kind: 'notrack', span: statement.span }),
  mangle: (statement, context) => lowerMangle(context, statement),
  'reset-option': (statement, context) => lowerResetOption(context, statement),
  'set-update': (statement, context) => lowerSetUpdate(context, statement),
  meter: (statement, context) => lowerMeter(context, statement),
  dup: (statement, context) => lowerDup(context, statement),
  fwd: (statement, context) => lowerFwd(context, statement),
  queue: (statement, context) => lowerQueue(context, statement),
  synproxy: lowerSynproxy,
  flow: lowerFlow,
  'object-reference': (statement, context) => lowerObjectReference(context, statement),
  xt: lowerXt,
  invalid: () => false,
};

/** Lowers a statement into the rule at hand; false after an error. */
export function lowerStatement<Kind extends Statement['kind']>(
  statement: StatementByKind[Kind] & { readonly kind: Kind },
  context: LoweringContext,
): boolean {
  const lower: Lower<Kind> = lowerers[statement.kind];
  return lower(statement, context);
}

/** nft: STMT_F_TERMINAL, after which nothing else may stand. */
export function isTerminal(statement: Statement): boolean {
  switch (statement.kind) {
    case 'verdict':
      return statement.verdict.kind !== 'continue';
    case 'reject':
    case 'nat':
    case 'queue':
    case 'fwd':
      return true;
    default:
      return false;
  }
}
