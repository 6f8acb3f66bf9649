/** Compares the packets that the kernel made: replies of `reject`, ICMP errors, copies. */

import type { SimulationResult } from '../simulate/api.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { Fate } from '../trace/fate.ts';
import { eventDifference } from './event-difference.ts';
import { outgoingText, packetDifference, packetText } from './packet-difference.ts';
import type { RecordedPacket, RecordedResult } from './recording.ts';

/** The packets that the kernel made: their own events and headers. */
export function spawnedDifference(
  recorded: RecordedResult,
  result: SimulationResult,
  trace: readonly TraceEvent[],
): string | undefined {
  if (recorded.spawned.length !== result.spawned.length)
    return `spawned: kernel ${recorded.spawned.length}, simulated ${result.spawned.length}`;
  for (const [index, each] of recorded.spawned.entries()) {
    const own = result.spawned[index];
    if (own === undefined) continue;
    const events = eventDifference(each.events, trace, own.subject);
    if (events !== undefined) return `spawned ${index} ${events}`;
    const headers = packetDifference(
      each.pkt ?? {},
      spawnedText(own.fate, trace, own.subject),
      false,
    );
    if (headers !== undefined) return `spawned ${index} ${headers}`;
  }
  return undefined;
}

function spawnedText(fate: Fate, trace: readonly TraceEvent[], subject: number): RecordedPacket {
  if ('out' in fate && fate.out[0] !== undefined) return outgoingText(fate.out[0]);
  const start = trace.find((event) => event.kind === 'packet-started' && event.subject === subject);
  return start?.kind === 'packet-started' ? packetText(start.packet) : {};
}
