/** -m owner: who owns the socket that sent the packet. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { saved } from '../saving.ts';
import { flag, oneWord } from '../value-kinds.ts';

export interface OwnerRange {
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

export interface OwnerOptions {
  readonly kind: 'owner';
  readonly user?: OwnerRange;
  readonly group?: OwnerRange;
  /** true: a socket must be known; false: none must be. */
  readonly socketExists?: boolean;
  readonly supplementaryGroups: boolean;
}

/** The users and groups that every Debian has (base-passwd). */
// biome-ignore format: table
const wellKnownIds: Readonly<Record<string, number>> = {
  root: 0, daemon: 1, bin: 2, sys: 3, adm: 4, games: 5, man: 6, lp: 7, mail: 8, news: 9, uucp: 10, proxy: 13,
  'www-data': 33, backup: 34, list: 38, irc: 39, nobody: 65534, nogroup: 65534,
};

const idRange = oneWord((text, site) => {
  const named = wellKnownIds[text];
  if (named !== undefined) return { from: named, to: named };
  const dash = text.search(/[-:]/);
  const from = parseSmallNumber(dash < 0 ? text : text.slice(0, dash), 0, 0xfffffffe);
  const to = dash < 0 ? from : parseSmallNumber(text.slice(dash + 1), 0, 0xfffffffe);
  return from === undefined || to === undefined
    ? site.problem(`no user or group '${text}'`, 'write its number')
    : { from, to };
});

export const owner = extension({
  name: 'owner',
  hooks: ['OUTPUT', 'POSTROUTING'],
  revision: 1,
  refused: ({ user, group }: OwnerOptions) =>
    [user, group].some((range) => range !== undefined && range.from > range.to)
      ? 'owner: the range of users or groups is reversed'
      : undefined,
  options: {
    user: { name: '--uid-owner', value: idRange, invert: true },
    group: { name: '--gid-owner', value: idRange, invert: true },
    socketExists: { name: '--socket-exists', value: flag, invert: true },
    supplementary: { name: '--suppl-groups', value: flag, needs: ['--gid-owner'] },
  },
  read: (values, site): OwnerOptions | undefined => {
    const { user, group, socketExists } = values;
    if (!user && !group && !socketExists) {
      return site.problem(
        'owner: at least one of --uid-owner, --gid-owner or --socket-exists is required',
      );
    }
    return {
      kind: 'owner',
      ...(user && { user: { ...user.value, inverted: user.negated } }),
      ...(group && { group: { ...group.value, inverted: group.negated } }),
      ...(socketExists && { socketExists: !socketExists.negated }),
      supplementaryGroups: values.supplementary !== undefined,
    };
  },
  save: (options) => [
    ...(options.socketExists === undefined ? [] : saved('--socket-exists', !options.socketExists)),
    ...savedIds('--uid-owner', options.user),
    ...savedIds('--gid-owner', options.group),
    ...(options.supplementaryGroups ? ['--suppl-groups'] : []),
  ],
});

function savedIds(name: string, range: OwnerRange | undefined): string[] {
  if (range === undefined) return [];
  return saved(
    name,
    range.inverted,
    range.from === range.to ? String(range.from) : `${range.from}-${range.to}`,
  );
}
