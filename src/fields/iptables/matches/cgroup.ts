/** -m cgroup: control group of the socket, by class id or by path. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { maximum32, number, text } from '../value-kinds.ts';

export interface CgroupOptions {
  readonly kind: 'cgroup';
  readonly classId?: { readonly number: number; readonly inverted: boolean };
  readonly path?: { readonly path: string; readonly inverted: boolean };
}

export const cgroup = extension({
  name: 'cgroup',
  revision: 2,
  options: {
    classId: { name: '--cgroup', value: number(maximum32), invert: true, excludes: ['--path'] },
    path: { name: '--path', value: text(511), invert: true },
  },
  refused: ({ classId, path }: CgroupOptions) =>
    (classId ?? path) === undefined ? 'cgroup: --cgroup or --path is required' : undefined,
  read: (values): CgroupOptions => {
    const { classId, path } = values;
    return {
      kind: 'cgroup',
      ...(classId && { classId: { number: classId.value, inverted: classId.negated } }),
      ...(path && { path: { path: path.value, inverted: path.negated } }),
    };
  },
  save: ({ classId, path }) => [
    ...(path ? saved('--path', path.inverted, path.path) : []),
    ...(classId ? saved('--cgroup', classId.inverted, classId.number) : []),
  ],
});
