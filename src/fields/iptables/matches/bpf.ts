/** -m bpf: a Berkeley packet filter program. */

import { bpfProblem } from '../bpf-check.ts';
import { extension } from '../extension.ts';
import { oneWord, text } from '../value-kinds.ts';

export interface BpfInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly constant: number;
}

export interface BpfOptions {
  readonly kind: 'bpf';
  readonly program: readonly BpfInstruction[] | { readonly pinnedObject: string };
}

/** `COUNT,code jt jf k,…` as tcpdump -ddd prints it. */
const bytecode = oneWord((word, site): readonly BpfInstruction[] | undefined => {
  const [count = '', ...lines] = word.split(',').map((part) => part.trim());
  const filled = lines.filter((line) => line !== '');
  const program: BpfInstruction[] = [];
  for (const line of filled) {
    const [code, jumpTrue, jumpFalse, constant, ...more] = line.split(/\s+/).map(Number);
    const broken = [code, jumpTrue, jumpFalse, constant].some(
      (part) => part === undefined || !Number.isInteger(part),
    );
    if (
      broken ||
      more.length > 0 ||
      code === undefined ||
      jumpTrue === undefined ||
      jumpFalse === undefined ||
      constant === undefined
    ) {
      return site.problem(`no bpf instruction '${line}'`, 'four numbers: code jt jf k');
    }
    program.push({ code, jumpTrue, jumpFalse, constant });
  }
  return Number(count) === program.length && program.length > 0 && program.length <= 64
    ? program
    : site.problem(`bpf: the program says '${count}' instructions and has ${program.length}`);
});

export const bpf = extension({
  name: 'bpf',
  revision: 1,
  refused: ({ program }: BpfOptions) =>
    'pinnedObject' in program ? undefined : bpfProblem(program),
  options: {
    bytecode: { name: '--bytecode', value: bytecode, excludes: ['--object-pinned'] },
    object: { name: '--object-pinned', value: text(511) },
  },
  read: (values, site): BpfOptions | undefined => {
    if (values.bytecode) return { kind: 'bpf', program: values.bytecode.value };
    if (values.object) return { kind: 'bpf', program: { pinnedObject: values.object.value } };
    return site.problem('bpf: --bytecode or --object-pinned must be specified');
  },
  save: ({ program }) =>
    'pinnedObject' in program
      ? ['--object-pinned', program.pinnedObject]
      : [
          '--bytecode',
          `"${program.length},${program.map(({ code, jumpTrue, jumpFalse, constant }) => `${code} ${jumpTrue} ${jumpFalse} ${constant}`).join(',')}"`,
        ],
});
