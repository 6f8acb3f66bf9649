/** The output of `trace` in its three formats. */

import type { Annotator } from '../../report/annotator.ts';
import { fateText } from '../../report/fate-text.ts';
import { outcomeLines } from '../../report/outcomes-text.ts';
import { colourStyle, plainStyle, type Style } from '../../report/style.ts';
import { nftMonitorLines } from '../../report/trace/nft-monitor.ts';
import { outcomeToJson } from '../../report/trace/trace-json.ts';
import { traceLines } from '../../report/trace/trace-text.ts';
import type { Exploration, Outcome } from '../../simulate/api.ts';
import type { Flow, FlowStep } from '../../simulate/flow.ts';
import { type Session, writeJson } from '../session.ts';
import type { TraceOptions } from './options.ts';
import type { Question } from './question.ts';

export interface TraceOutput {
  readonly question: Question;
  readonly notes: readonly string[];
  readonly annotator: Annotator;
  /** One per `--count`. */
  readonly explorations: readonly Exploration[];
  readonly flow?: Flow;
}

function styleOf(session: Session, options: TraceOptions): Style {
  if (options.color === 'always') return colourStyle;
  return options.color !== 'never' && session.io.colour ? colourStyle : plainStyle;
}

function shownOutcomes(exploration: Exploration, options: TraceOptions): readonly Outcome[] {
  return options.allOutcomes === true ? exploration.outcomes : exploration.outcomes.slice(0, 1);
}

function explorationLines(
  exploration: Exploration,
  output: TraceOutput,
  style: Style,
  options: TraceOptions,
): readonly string[] {
  const { annotator } = output;
  const shown = shownOutcomes(exploration, options);
  const several = exploration.outcomes.length > 1;
  const traces = shown.flatMap((outcome, index) => [
    ...(several ? [style.heading(`outcome ${index + 1} of ${exploration.outcomes.length}`)] : []),
    ...traceLines(outcome.trace, { style, annotator }),
    '',
  ]);
  return [...traces, ...outcomeLines(exploration, { style, annotator })];
}

/** `--count`: the first and the last in full, the rest as a line each. */
function roundsLines(output: TraceOutput, style: Style, options: TraceOptions): readonly string[] {
  const { explorations } = output;
  return explorations.flatMap((exploration, index) => {
    const number =
      explorations.length > 1
        ? [style.heading(`packet ${index + 1} of ${explorations.length}`)]
        : [];
    if (index === 0 || index === explorations.length - 1) {
      return [...number, ...explorationLines(exploration, output, style, options)];
    }
    return exploration.outcomes.map(
      (outcome) => `packet ${index + 1}  ${fateText(outcome.fate, style)}`,
    );
  });
}

function flowStepLines(
  step: FlowStep,
  index: number,
  output: TraceOutput,
  style: Style,
): readonly string[] {
  const arrow = step.direction === 'original' ? '→' : '←';
  return [
    style.heading(`${arrow} packet ${index + 1}: ${step.label}`),
    ...traceLines(step.outcome.trace, { style, annotator: output.annotator }),
    '',
  ];
}

/** Every packet of the connection, a line each at the end; what the first packet could have done besides. */
function flowLines(flow: Flow, output: TraceOutput, style: Style): readonly string[] {
  const summary = flow.steps.map(({ label, direction, outcome }, index) => {
    const arrow = direction === 'original' ? '→' : '←';
    return `  ${arrow} ${index + 1} ${label.padEnd(8)} ${fateText(outcome.fate, style)}`;
  });
  const end = flow.complete
    ? style.good('the connection works: every packet got through')
    : style.bad(`the connection breaks at packet ${flow.steps.length}`);
  const [first] = output.explorations;
  const others =
    first === undefined ? [] : outcomeLines(first, { style, annotator: output.annotator });
  const note =
    others.length === 0
      ? []
      : ['', 'the first packet can go several ways; the flow shows the first:', ...others];
  return [
    ...flow.steps.flatMap((step, index) => flowStepLines(step, index, output, style)),
    style.heading('flow'),
    ...summary,
    end,
    ...note,
  ];
}

function printText(session: Session, output: TraceOutput, options: TraceOptions): void {
  const style = styleOf(session, options);
  const assumed = [...output.question.inferences, ...output.notes].map(
    (text) => `${style.faint('assumed')}  ${text}`,
  );
  const lines = [
    ...assumed,
    ...(assumed.length > 0 ? [''] : []),
    ...(output.flow === undefined
      ? roundsLines(output, style, options)
      : flowLines(output.flow, output, style)),
  ];
  while (lines.at(-1) === '') lines.pop();
  session.io.out(`${lines.join('\n')}\n`);
}

function printJson(session: Session, output: TraceOutput): void {
  writeJson(session, {
    version: 1,
    inferences: output.question.inferences,
    notes: output.notes,
    ...(output.flow === undefined
      ? {}
      : {
          flow: {
            complete: output.flow.complete,
            steps: output.flow.steps.map(({ label, direction, outcome }) => ({
              label,
              direction,
              outcome: outcomeToJson(outcome),
            })),
          },
        }),
    packets: output.explorations.map(({ outcomes, cut }) => ({
      cut,
      outcomes: outcomes.map(outcomeToJson),
    })),
  });
}

function printMonitor(session: Session, output: TraceOutput, options: TraceOptions): void {
  const lines = output.explorations
    .flatMap((exploration) => shownOutcomes(exploration, options))
    .flatMap((outcome) => nftMonitorLines(outcome.trace));
  session.io.out(lines.map((line) => `${line}\n`).join(''));
}

export function printTrace(session: Session, output: TraceOutput, options: TraceOptions): void {
  const format = options.json === true ? 'json' : (options.format ?? 'text');
  if (format === 'json') printJson(session, output);
  else if (format === 'nft') printMonitor(session, output, options);
  else printText(session, output, options);
}
