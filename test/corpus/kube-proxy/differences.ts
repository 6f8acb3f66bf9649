/** Short accounts of how two texts differ. */

export function lineDifference(wanted: string, got: string): string {
  const missing = without(wanted.split('\n'), got.split('\n'));
  const added = without(got.split('\n'), wanted.split('\n'));
  const shown = [
    ...missing.slice(0, 5).map((line) => `- ${line}`),
    ...added.slice(0, 5).map((line) => `+ ${line}`),
  ];
  const count = `${missing.length} lines missing, ${added.length} lines too many`;
  return shown.length === 0 ? 'the same lines in another order' : `${count}\n${shown.join('\n')}`;
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}
