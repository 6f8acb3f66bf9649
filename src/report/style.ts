/** Colours of text reports; plain unless asked for. */

export type Paint = (text: string) => string;

export interface Style {
  readonly heading: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly change: Paint;
  readonly faint: Paint;
}

const same: Paint = (text) => text;
const sgr =
  (code: number): Paint =>
  (text) =>
    text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`;

export const plainStyle: Style = {
  heading: same,
  good: same,
  bad: same,
  change: same,
  faint: same,
};

export const colourStyle: Style = {
  heading: sgr(1),
  good: sgr(32),
  bad: sgr(31),
  change: sgr(33),
  faint: sgr(2),
};
