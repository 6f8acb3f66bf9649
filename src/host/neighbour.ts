/** Neighbour entries and the bridge forwarding database. */

import type { Address } from '../base/address.ts';

export interface Neighbour {
  readonly address: Address;
  readonly device: string;
  /** Absent for FAILED and INCOMPLETE entries. */
  readonly mac?: Uint8Array;
  /** `REACHABLE`, `STALE`, `PERMANENT`, `NOARP`, `FAILED`, … */
  readonly states: readonly string[];
  readonly router: boolean;
  readonly proxy: boolean;
}

export interface ForwardingEntry {
  readonly mac: Uint8Array;
  readonly device: string;
  readonly master?: string;
  readonly vlan?: number;
  /** VXLAN: where the frame goes. */
  readonly destination?: Address;
  readonly flags: readonly string[];
}
