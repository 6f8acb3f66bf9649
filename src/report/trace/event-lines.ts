/** The lines that one trace event is worth; a table by kind, so that a new kind is a compile error. */

import { printable } from '../../base/text.ts';
import type {
  ChainEnteredEvent,
  ConntrackEvent,
  NatBoundEvent,
  PolicyAppliedEvent,
  RouteChosenEvent,
  RuleMatchedEvent,
  TracedVerdict,
  TraceEvent,
} from '../../trace/event.ts';
import { choiceText } from '../choice-text.ts';
import { fateText } from '../fate-text.ts';
import { packetText, tupleText } from '../packet-text.ts';
import { missLine } from './miss-line.ts';
import { originText, ruleText, type TraceView } from './trace-text.ts';

type EventKind = TraceEvent['kind'];
/** The member of the union whose `kind` can be Kind; some members have several kinds. */
type EventOf<Kind extends EventKind, Event = TraceEvent> = Event extends {
  readonly kind: infer Kinds;
}
  ? Kind extends Kinds
    ? Event
    : never
  : never;
type PerEvent = {
  readonly [Kind in EventKind]: (event: EventOf<Kind>, view: TraceView) => readonly string[];
};

const indent = (depth: number) => '  '.repeat(depth + 1);

function annotation(view: TraceView, text: string | undefined): string {
  return text === undefined ? '' : view.style.faint(`  [${printable(text)}]`);
}

export function verdictText(verdict: TracedVerdict): string {
  if (verdict.kind === 'jump' || verdict.kind === 'goto') return `${verdict.kind} ${verdict.chain}`;
  if (verdict.kind === 'queue') return `queue ${verdict.number}`;
  return verdict.kind;
}

function paintVerdict(view: TraceView, verdict: TracedVerdict): string {
  const text = printable(verdictText(verdict));
  if (verdict.kind === 'accept') return view.style.good(text);
  if (verdict.kind === 'drop') return view.style.bad(text);
  return text;
}

/** How deep the chain of a rule is nested; keeps the stack of chains up to date. */
export function chainDepth(view: TraceView, subject: number, chain: string): number {
  const stack = view.stacks.get(subject) ?? [];
  view.stacks.set(subject, stack);
  const at = stack.lastIndexOf(chain);
  if (at >= 0) stack.length = at + 1;
  else stack.push(chain);
  return stack.length;
}

function chainEntered(event: ChainEnteredEvent, view: TraceView): readonly string[] {
  view.stacks.set(event.subject, [event.chain]);
  const { family, table, chain, hook, priority, chainType } = event;
  const name = printable(`${family} ${table} ${chain}`);
  const legacy = event.loader === 'iptables-legacy' ? ' (iptables-legacy)' : '';
  const state = event.conntrack === undefined ? '' : `, ct ${event.conntrack.state}`;
  const mark = event.mark === 0 ? '' : `, mark 0x${event.mark.toString(16)}`;
  return [
    `  ${view.style.heading(name)}${legacy}  ${chainType} ${hook} ${priority}${state}${mark}` +
      annotation(view, view.annotator.owner(event)),
  ];
}

function ruleMatched(event: RuleMatchedEvent, view: TraceView): readonly string[] {
  const depth = chainDepth(view, event.subject, event.chain);
  const { verdict } = event;
  if (verdict.kind === 'goto') view.stacks.get(event.subject)?.pop();
  const target =
    verdict.kind === 'jump' || verdict.kind === 'goto'
      ? view.annotator.chain(verdict.chain, event.table)
      : view.annotator.rule(event, event.index);
  const place = `${printable(event.chain)}#${event.index}`;
  const origin = originText(event.origin);
  const text = ruleText(event.origin, view.width);
  return [
    `${indent(depth)}${view.style.faint(origin === '' ? place : `${origin} ${place}`)}  ${text}` +
      `  → ${paintVerdict(view, verdict)}${annotation(view, target)}`,
  ];
}

function policyApplied(event: PolicyAppliedEvent, view: TraceView): readonly string[] {
  return [
    `${indent(1)}policy ${paintVerdict(view, { kind: event.policy })} of ${printable(event.chain)}`,
  ];
}

const conntrackWords: Readonly<Record<ConntrackEvent['kind'], string>> = {
  'conntrack-created': 'new connection',
  'conntrack-found': 'known connection',
  'conntrack-confirmed': 'confirmed',
  'conntrack-invalid': 'invalid',
  'conntrack-untracked': 'untracked',
  'conntrack-destroyed': 'entry removed',
};

function conntrack(event: ConntrackEvent): readonly string[] {
  const parts = [`  conntrack  ${conntrackWords[event.kind]}`];
  if (event.original !== undefined) parts.push(tupleText(event.original));
  if (event.state !== undefined) parts.push(event.state);
  if (event.direction === 'reply') parts.push('reply direction');
  if (event.protocolState !== undefined) parts.push(event.protocolState);
  if (event.reason !== undefined) parts.push(`[${event.reason}]`);
  return [parts.join('  ')];
}

function natBound(event: NatBoundEvent, view: TraceView): readonly string[] {
  const { manipulation, before, after } = event;
  const port = event.randomPort === true ? ' (port drawn at random by the kernel)' : '';
  const address = manipulation === 'source' ? after.source : after.destination;
  return [
    `  nat  ${manipulation}: ${tupleText(before)} → ${view.style.change(tupleText(after))}${port}` +
      annotation(view, view.annotator.address(address)),
  ];
}

function routeChosen(event: RouteChosenEvent, view: TraceView): readonly string[] {
  const parts = [`route  ${event.purpose}: ${event.destination} → ${event.result}`];
  if (event.device !== undefined) parts.push(`dev ${printable(event.device)}`);
  if (event.via !== undefined) parts.push(`via ${event.via}`);
  if (event.table !== undefined) parts.push(`table ${printable(event.table)}`);
  if (event.source !== undefined) parts.push(`src ${event.source}`);
  return [parts.join(' ') + annotation(view, view.annotator.address(event.destination))];
}

/** What the bits mean that a rule has set. */
function markMeaning(
  event: { readonly before: string; readonly after: string },
  view: TraceView,
): string | undefined {
  return view.annotator.mark((Number(event.after) & ~Number(event.before)) >>> 0);
}

const lines: PerEvent = {
  'packet-started': (event, view) => [
    view.style.heading(`packet${event.subject === 0 ? '' : ` ${event.subject} (${event.cause})`}`) +
      `  ${packetText(event.packet)}` +
      (event.device === undefined ? '' : `  in ${printable(event.device)}`),
  ],
  'hook-entered': (event, view) => [
    view.style.heading(event.hook) +
      view.style.faint(
        `  ${event.family}` +
          (event.iif ? ` iif ${printable(event.iif)}` : '') +
          (event.oif ? ` oif ${printable(event.oif)}` : ''),
      ),
  ],
  'chain-entered': chainEntered,
  'rule-matched': ruleMatched,
  'rule-missed': missLine,
  'policy-applied': policyApplied,
  'set-looked-up': () => [],
  'packet-rewritten': (event, view) => [
    `${event.cause === 'rule' ? '    ' : ''}  rewrite  ${event.field} ${event.before} → ${view.style.change(event.after)}` +
      annotation(view, event.field === 'meta mark' ? markMeaning(event, view) : undefined),
  ],
  'conntrack-created': conntrack,
  'conntrack-found': conntrack,
  'conntrack-confirmed': conntrack,
  'conntrack-invalid': conntrack,
  'conntrack-untracked': conntrack,
  'conntrack-destroyed': conntrack,
  'nat-bound': natBound,
  'route-chosen': routeChosen,
  'stack-dropped': (event, view) => [`stack  ${view.style.bad(event.reason)}`],
  'reject-sent': (event) => [
    event.reply === undefined
      ? `  reject  no reply (${event.suppressed ?? 'none due'})`
      : `  reject  reply is packet ${event.reply}`,
  ],
  'fragment-held': (event) => [`  fragments  held by ${event.by}`],
  'fragments-reassembled': (event) => [`  fragments  put together by ${event.by}`],
  'packet-fragmented': (event) => [`  fragments  split by ${event.by}`],
  'log-written': (event, view) => [
    `  log  ${event.group === undefined ? `level ${event.level ?? 4}` : `nflog group ${event.group}`} "${printable(event.prefix ?? '')}"` +
      annotation(
        view,
        event.prefix === undefined ? undefined : view.annotator.logPrefix(event.prefix),
      ),
  ],
  'set-changed': (event) => [`  set  ${printable(event.set)}: element ${event.change}`],
  'choice-made': (event, view) => [`  ${view.style.change('choice')}  ${choiceText(event)}`],
  unmodelled: (event, view) => [`  ${view.style.bad('not modelled')}  ${printable(event.what)}`],
  'bridge-forwarded': (event) => [
    `bridge  ${printable(event.bridge)}: ${event.flooded ? 'flooded to' : 'sent to'} ${printable(event.ports.join(', '))}`,
  ],
  fate: (event, view) => [
    (event.subject === 0 ? view.style.heading('fate') : `fate of packet ${event.subject}`) +
      `  ${fateText(event.fate, view.style)}`,
  ],
};

/** Dispatch without a cast: the intersection ties `kind` to its row. */
export function eventLines<Kind extends EventKind>(
  event: EventOf<Kind> & { readonly kind: Kind },
  view: TraceView,
): readonly string[] {
  return lines[event.kind](event, view);
}
