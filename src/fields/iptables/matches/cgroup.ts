/** -m cgroup: control group of the socket, by class id or by path. */

import { extension } from '../extension.ts';
import { quoted, saved } from '../saving.ts';
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
    classId: { name: '--cgroup', value: number(maximum32), invert: true },
    path: { name: '--path', value: text(511), invert: true },
  },
  // cgroup_mt_check_v2(): -EINVAL
  refused: ({ classId, path }: CgroupOptions) =>
    (classId === undefined) === (path === undefined)
      ? 'cgroup: either --cgroup or --path is required'
      : undefined,
  read: (values): CgroupOptions => {
    const { classId, path } = values;
    return {
      kind: 'cgroup',
      ...(classId && { classId: { number: classId.value, inverted: classId.negated } }),
      ...(path && { path: { path: path.value, inverted: path.negated } }),
    };
  },
  save: ({ classId, path }) => [
    ...(path ? saved('--path', path.inverted, quoted(path.path)) : []),
    ...(classId ? saved('--cgroup', classId.inverted, classId.number) : []),
  ],
});
