/** The SYN-ACK that answers for the server: synproxy_send_client_synack(), net/netfilter/nf_synproxy_core.c. */

import { buildPacket } from '../../packet/build.ts';
import { read16, read32 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import { destinationAddress, type LivePacket, sourceAddress } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { localOut } from './local-output.ts';
import { reroute } from './routing.ts';
import { spawnPacket } from './spawn.ts';

/** The cookie is a secret of the host: the sequence number stands at 0, and no option is answered. */
export function answerWithCookie(run: Run, packet: LivePacket, transport: number): void {
  const { bytes } = packet;
  record(run, { kind: 'unmodelled', subject: packet.subject, what: 'synproxy cookie and options' });
  const answer = buildPacket({
    source: destinationAddress(packet),
    destination: sourceAddress(packet),
    protocol: protocol.tcp,
    sourcePort: read16(bytes, transport + 2),
    destinationPort: read16(bytes, transport),
    flags: 'SA',
    sequence: 0,
    acknowledgement: (read32(bytes, transport + 4) + 1) >>> 0,
    window: 0,
    ttl: 64,
    identification: 0,
    dontFragment: true,
  });
  const reply = spawnPacket(run, packet, 'syn-cookie', answer);
  if (reply === undefined || !reroute(run, reply)) return;
  reply.checksumPending = true;
  reply.untracked = packet.untracked;
  reply.connection = packet.connection;
  reply.connectionInfo = packet.connection === undefined ? undefined : 'established-reply';
  localOut(run, reply);
}
