/** Streams of packets: each one meets the state that the one before it left. */

import type { PacketInput, SimulateOptions, SimulationResult, SimulationState } from './api.ts';
import { seededChooser } from './chooser.ts';
import type { CompiledProgram } from './compile.ts';
import { simulate } from './simulate.ts';
import { foldState } from './state/folded.ts';

export interface StreamOptions extends SimulateOptions {
  /**
   * False: of a result's state only what the next packet needs is kept. A long stream then takes no more room than its
   * last state; going back to a state that it left behind throws a RangeError, going back to the first one does not.
   */
  readonly keepStates?: boolean;
}

/**
 * Lazily, in order; the last result holds the state after all packets. One seed drives the draws of the whole stream.
 * Every state can be gone back to unless `keepStates` is false: about 1 KB a packet.
 */
export function* simulateMany(
  compiled: CompiledProgram,
  state: SimulationState,
  packets: Iterable<PacketInput>,
  { keepStates = true, ...options }: StreamOptions,
): Iterable<SimulationResult> {
  const chooser = options.chooser ?? seededChooser(options.seed ?? 0);
  const each: SimulateOptions = { ...options, chooser };
  let current = state;
  for (const packet of packets) {
    const result = simulate(compiled, current, packet, each);
    if (!keepStates) foldState(compiled.versions, state.node);
    current = result.state;
    yield result;
  }
}
