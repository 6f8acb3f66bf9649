/** Streams of packets: each one meets the state that the one before it left. */

import type { PacketInput, SimulateOptions, SimulationResult, SimulationState } from './api.ts';
import { seededChooser } from './chooser.ts';
import type { CompiledProgram } from './compile.ts';
import { simulate } from './simulate.ts';

/**
 * Lazily, in order; the last result holds the state after all packets. One seed drives the draws of the whole stream.
 * Every state can be gone back to as long as the first one is held: about 1 KB a packet.
 */
export function* simulateMany(
  compiled: CompiledProgram,
  state: SimulationState,
  packets: Iterable<PacketInput>,
  options: SimulateOptions,
): Iterable<SimulationResult> {
  const chooser = options.chooser ?? seededChooser(options.seed ?? 0);
  const each: SimulateOptions = { ...options, chooser };
  let current = state;
  for (const packet of packets) {
    const result = simulate(compiled, current, packet, each);
    current = result.state;
    yield result;
  }
}
