/** Whole scenarios: tables and conversations on the common host, as the lab takes them. */

import fc from 'fast-check';
import { conversations, type LabPacket, packetList } from './packets.ts';
import { host } from './pools.ts';
import { saves } from './saves.ts';
import { renderTable, tables } from './tables.ts';

export interface LabScenario {
  readonly name: string;
  readonly group: string;
  readonly host: typeof host;
  readonly rulesets: readonly { readonly kind: string; readonly text: string }[];
  readonly packets: readonly LabPacket[];
}

/** Shrinks towards fewer tables, chains, rules, statements and packets. */
export const scenarios: fc.Arbitrary<LabScenario> = fc
  .constantFrom(4 as const, 4 as const, 6 as const)
  .chain((version) =>
    fc
      .record({
        tables: fc.array(tables(version), { maxLength: 2 }),
        save: fc.option(saves(version), { freq: 3, nil: undefined }),
        talks: fc.array(conversations(version), { minLength: 1, maxLength: 5 }),
      })
      .map(({ tables: list, save, talks }) => {
        const kind = version === 4 ? 'iptables-save' : 'ip6tables-save';
        const text = list.map((table, index) => renderTable(`t${index}`, table)).join('');
        const nft = list.length === 0 ? [] : [{ kind: 'nft', text }];
        const iptables = save === undefined ? [] : [{ kind, text: save }];
        return {
          name: 'generated',
          group: 'property',
          host,
          rulesets: [...nft, ...iptables],
          packets: packetList(talks),
        };
      }),
  );
