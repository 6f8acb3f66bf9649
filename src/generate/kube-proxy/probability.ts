/** The probabilities of `-m statistic --mode random`. */

const texts: string[] = [];

/** `1/n` with ten decimals, as Go's `%0.10f` prints it. */
export function probabilityText(endpointCount: number): string {
  texts[endpointCount] ??= (1 / endpointCount).toFixed(10);
  return texts[endpointCount] ?? '';
}

/** The threshold xt_statistic compares with: `round(p · 2^31)`, half away from zero (libxt_statistic, lround). */
export function statisticThreshold(probability: string): number {
  return Math.round(Number(probability) * 2 ** 31);
}
