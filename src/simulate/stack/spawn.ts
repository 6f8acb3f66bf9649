/** Packets that the host makes because of another one: replies with their own way through the hooks. */

import type { Journey } from '../journey.ts';
import { type LivePacket, newLivePacket } from '../live-packet.ts';
import { type Run, record, startJourney, summaryNow } from '../run.ts';

/** Replies to replies to replies end somewhere. */
const deepest = 8;

/** A new packet on its own journey; undefined when packets caused packets too often. */
export function spawnPacket(
  run: Run,
  parent: LivePacket,
  cause: Journey['cause'],
  bytes: Uint8Array,
  type?: number,
): LivePacket | undefined {
  if (run.journeys.length >= deepest) return undefined;
  const journey = startJourney(run, cause);
  const packet = newLivePacket(journey.subject, journey, bytes, type);
  packet.isLocal = true;
  if (cause !== 'duplicate' && cause !== 'encapsulated')
    parent.journey.replies.push(journey.subject);
  if (run.recorder !== undefined)
    record(run, {
      kind: 'packet-started',
      subject: packet.subject,
      cause: cause === 'packet' ? 'received' : cause,
      packet: summaryNow(packet),
    });
  return packet;
}
