/** Names for numbers, both ways. */

export interface NameTable {
  /** Every name and alias. */
  readonly numbers: ReadonlyMap<string, number>;
  /** The first name of each number. */
  readonly names: ReadonlyMap<number, string>;
}

export const emptyNameTable: NameTable = { numbers: new Map(), names: new Map() };

/** Lines of `NUMBER NAME ALIAS…`, read when first needed; of equal names or numbers the first line counts. */
export function parseNameTable(text: string): NameTable {
  let table: NameTable | undefined;
  const read = () => {
    table ??= readNameTable(text);
    return table;
  };
  return {
    get numbers() {
      return read().numbers;
    },
    get names() {
      return read().names;
    },
  };
}

function readNameTable(text: string): NameTable {
  const numbers = new Map<string, number>();
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [number, name, ...aliases] = line.trim().split(/\s+/);
    if (number === undefined || name === undefined) continue;
    const value = Number(number);
    if (!names.has(value)) names.set(value, name);
    for (const spelling of [name, ...aliases]) {
      if (!numbers.has(spelling)) numbers.set(spelling, value);
    }
  }
  return { numbers, names };
}

/** The table with another first name for one number; the old names stay understood. */
export function renamed(table: NameTable, number: number, name: string): NameTable {
  return {
    numbers: new Map(table.numbers).set(name, number),
    names: new Map(table.names).set(number, name),
  };
}
