/** The simulator's inputs and outputs; the functions are in compile.ts, simulate.ts, explore.ts and flow.ts. */

import type { ConntrackEntry } from '../host/conntrack-entry.ts';
import type { Host } from '../host/host.ts';
import type { ChoiceMade, Chooser, Fraction } from '../trace/choice.ts';
import type { SpawnCause, TraceEvent } from '../trace/event.ts';
import type { Fate } from '../trace/fate.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { RuleTrace } from './rule-trace.ts';
import type { StateNode } from './state/store.ts';

export interface CompileOptions {
  readonly host: Host;
  /**
   * `indexed` (default) looks up which rules of a chain a packet can match and makes their first tests in one go; `plain`
   * takes rule by rule and operation by operation, as the kernel does. Both give the same results and traces.
   */
  readonly evaluation?: 'indexed' | 'plain';
  /**
   * Base chains of equal priority: `loading` (default) takes the order of the program as that of registration, so the
   * later one runs first; `unknown` leaves the order across tables open, for listings. What `nft list hooks` shows wins.
   */
  readonly hookOrder?: 'loading' | 'unknown';
}

/** Facts about the local process that sends; what is absent and asked for becomes a choice. */
export interface LocalSender {
  readonly uid?: number;
  readonly gid?: number;
  readonly mark?: number;
  /** SO_BINDTODEVICE. */
  readonly device?: string;
  readonly cgroup?: string;
}

/** A packet comes in on a device (a frame with its link header, if the device has one), or a local process sends it. */
export type PacketInput =
  | { readonly kind: 'received'; readonly device: string; readonly frame: Uint8Array }
  | {
      readonly kind: 'local';
      /** From the network header on; checksums filled in. */
      readonly packet: Uint8Array;
      readonly sender?: LocalSender;
    };

export interface SimulateOptions {
  /** Milliseconds since the epoch; decides timeouts, limits and `meta time`. */
  readonly clock: number;
  /** Drives every random draw when there is no chooser. */
  readonly seed?: number;
  readonly chooser?: Chooser;
  readonly recorder?: Recorder;
  /** Gets the numbers of the rules that match; much cheaper than a recorder. */
  readonly ruleTrace?: RuleTrace;
}

/** A packet that the host made because of this one, with its own way through the hooks. */
export interface SpawnedPacket {
  /** Its number in the trace. */
  readonly subject: number;
  readonly cause: SpawnCause;
  readonly fate: Fate;
}

/** Everything that packets change; made by `initialState`, replaced by each simulation, never modified. */
export interface SimulationState {
  readonly kind: 'simulation-state';
  readonly version: number;
  /** Where the contents are; only the simulator looks into it. */
  readonly node: StateNode;
}

export interface SimulationResult {
  readonly fate: Fate;
  readonly spawned: readonly SpawnedPacket[];
  readonly state: SimulationState;
  /** The choices that were asked for, in order. */
  readonly choices: readonly ChoiceMade[];
}

/** One way that it can go. */
export interface Outcome extends SimulationResult {
  readonly trace: readonly TraceEvent[];
  /** Product of the random choices; absent when no choice was random. */
  readonly probability?: Fraction;
  /** Choices that are not random: the outcome holds if these answers are right. */
  readonly assumptions: readonly ChoiceMade[];
}

export interface ExploreOptions {
  readonly clock: number;
  /** Stop after so many outcomes (default 256). */
  readonly limit?: number;
  /** Settled answers by choice key. */
  readonly assume?: ReadonlyMap<string, string>;
  readonly misses?: boolean;
}

export interface Exploration {
  readonly outcomes: readonly Outcome[];
  /** The limit was reached: there are more. */
  readonly cut: boolean;
}

/** A rule's counters after some packets. */
export interface CounterReading {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly index: number;
  readonly packets: number;
  readonly bytes: number;
}

/** What the state holds, for reports. */
export interface StateReading {
  readonly conntrack: readonly ConntrackEntry[];
  readonly counters: readonly CounterReading[];
}
