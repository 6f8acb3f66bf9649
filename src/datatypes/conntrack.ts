/** Conntrack's states, status bits, events, directions and labels. */

import { datatype, symbols } from './define.ts';

export const ctStateType = datatype(26, 'ct_state', 'conntrack state', 32, {
  base: 'bitmask',
  byteOrder: 'host',
  symbols: symbols({ invalid: 1, new: 8, established: 2, related: 4, untracked: 64 }),
});

export const ctDirectionType = datatype(27, 'ct_dir', 'conntrack direction', 8, {
  symbols: symbols({ original: 0, reply: 1 }),
});

/** The last three are bit numbers instead of bits, in nft 1.1.7's own table too (`nft describe ct_status`). */
export const ctStatusType = datatype(28, 'ct_status', 'conntrack status', 32, {
  base: 'bitmask',
  byteOrder: 'host',
  symbols: symbols({
    expected: 0x1,
    'seen-reply': 0x2,
    assured: 0x4,
    confirmed: 0x8,
    snat: 0x10,
    dnat: 0x20,
    'seq-adjust': 0x40,
    'snat-done': 0x80,
    'dnat-done': 0x100,
    dying: 0x200,
    'fixed-timeout': 0x400,
    helper: 13,
    offload: 14,
    'hw-offload': 15,
  }),
});

export const ctEventType = datatype(40, 'ct_event', 'conntrack event bits', 32, {
  base: 'bitmask',
  byteOrder: 'host',
  symbols: symbols({
    new: 0x1,
    related: 0x2,
    destroy: 0x4,
    reply: 0x8,
    assured: 0x10,
    protoinfo: 0x20,
    helper: 0x40,
    mark: 0x80,
    seqadj: 0x100,
    secmark: 0x200,
    label: 0x400,
  }),
});

/** Names come from the environment (connlabel.conf). */
export const ctLabelType = datatype(30, 'ct_label', 'conntrack label', 128, {
  base: 'bitmask',
  byteOrder: 'host',
});
