/** What operations see while a base chain is evaluated (struct nft_pktinfo and nf_hook_state). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import type { HookName, ProgramTable } from '../../model/program.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import type { PacketInfo, PacketRoom } from './packet-info.ts';
import type { PreparedChain } from './prepared-chain.ts';
import type { Registers } from './registers.ts';
import type { RandomDraw } from './rule-choice.ts';

/** The protocol family whose hook is run; `inet` chains run in `ip` and `ip6`. */
export type HookFamily = 'ip' | 'ip6' | 'arp' | 'bridge' | 'netdev';

/** Where the packet stands (struct nf_hook_state). */
export interface HookState {
  readonly family: HookFamily;
  readonly hook: HookName;
  readonly input: NetworkInterface | undefined;
  readonly output: NetworkInterface | undefined;
}

export interface Evaluation {
  readonly run: Run;
  readonly packet: LivePacket;
  readonly state: HookState;
  readonly registers: Registers;
  readonly info: PacketInfo;
  readonly table: ProgramTable;
  readonly base: PreparedChain;
  /** The chain that is being evaluated, by number; see `chainOf`. */
  chain: number;
  /** The rule's place in it. */
  rule: number;
  /** Where the code of the rule starts. */
  at: number;
  /** The last word that a test read. */
  word: number;
  /** While the statements of a set element run. */
  element: ElementState | undefined;
}

/** Chains of large programs are far from each other: only who must look at one does. */
export function chainOf({ run, chain, base }: Evaluation): PreparedChain {
  return run.compiled.chains[chain] ?? base;
}

/** What the chains at one depth are evaluated with, one after the other. */
export type EvaluationRoom = {
  -readonly [Field in keyof Evaluation]: Field extends 'info' ? PacketRoom : Evaluation[Field];
};

/** One prepared operation; it sets `registers.verdict` unless the rule goes on. */
export interface Step {
  (evaluation: Evaluation): void;
  /** All that the step does is to draw a random number: the code of rules does it without the step. */
  readonly draw?: RandomDraw;
}

/** The state of a set element and what names it. */
export interface ElementState {
  readonly values: Float64Array;
  readonly name: string;
  /** Gets the names of the lists that its statements count connections in. */
  readonly lists: string[];
  /** Nothing was counted before. */
  readonly isNew: boolean;
}
