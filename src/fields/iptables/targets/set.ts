/** -j SET: adds the packet to an ipset set, takes it out, or reads the set's metadata into the packet. */

import { extension } from '../extension.ts';
import { readSetReference, type SetReference } from '../set-reference.ts';
import { flag, maximum32, number, twoWords } from '../value-kinds.ts';

export interface SetTargetOptions {
  readonly kind: 'SET';
  readonly add?: SetReference;
  readonly remove?: SetReference;
  readonly map?: SetReference;
  /** An element that is there already is renewed. */
  readonly exist: boolean;
  readonly timeoutSeconds?: number;
  readonly mapMark: boolean;
  readonly mapPriority: boolean;
  readonly mapQueue: boolean;
}

export const SET = extension({
  name: 'SET',
  revision: 3,
  options: {
    add: { name: '--add-set', value: twoWords, free: true },
    remove: { name: '--del-set', value: twoWords, free: true },
    map: { name: '--map-set', value: twoWords, free: true },
    timeout: { name: '--timeout', value: number(maximum32) },
    exist: { name: '--exist', value: flag },
    mapMark: { name: '--map-mark', value: flag, needs: ['--map-set'] },
    mapPriority: { name: '--map-prio', value: flag, needs: ['--map-set'] },
    mapQueue: { name: '--map-queue', value: flag, needs: ['--map-set'] },
  },
  read: (values, site): SetTargetOptions | undefined => {
    const add = values.add && readSetReference(values.add.value, site);
    const remove = values.remove && readSetReference(values.remove.value, site);
    const map = values.map && readSetReference(values.map.value, site);
    if ((values.add && !add) || (values.remove && !remove) || (values.map && !map))
      return undefined;
    if (!add && !remove && !map) {
      return site.problem('SET: you must specify --add-set, --del-set or --map-set');
    }
    return {
      kind: 'SET',
      ...(add && { add }),
      ...(remove && { remove }),
      ...(map && { map }),
      exist: values.exist !== undefined,
      ...(values.timeout && { timeoutSeconds: values.timeout.value }),
      mapMark: values.mapMark !== undefined,
      mapPriority: values.mapPriority !== undefined,
      mapQueue: values.mapQueue !== undefined,
    };
  },
  save: (options) => [
    ...savedReference('--add-set', options.add),
    ...(options.exist ? ['--exist'] : []),
    ...(options.timeoutSeconds === undefined ? [] : ['--timeout', String(options.timeoutSeconds)]),
    ...savedReference('--del-set', options.remove),
    ...savedReference('--map-set', options.map),
    ...(options.mapMark ? ['--map-mark'] : []),
    ...(options.mapPriority ? ['--map-prio'] : []),
    ...(options.mapQueue ? ['--map-queue'] : []),
  ],
});

function savedReference(name: string, reference: SetReference | undefined): string[] {
  return reference ? [name, reference.set, reference.directions.join(',')] : [];
}
