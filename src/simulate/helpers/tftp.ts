/** The TFTP helper: net/netfilter/nf_conntrack_tftp.c and nf_nat_tftp.c. */

import { read16 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import { connectionStatus } from '../conntrack/connection.ts';
import { addExpectation } from '../conntrack/expect.ts';
import type { Expectation } from '../conntrack/helper-state.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import type { HelperCall } from './helper-call.ts';

const lifetimeMilliseconds = 300_000;
const requests: ReadonlySet<number> = new Set([1, 2]);

/** The server answers a read or write request from another port. */
export function helpTftp({ run, packet, connection, transport }: HelperCall): boolean {
  if (transport + 10 > packet.length) return true;
  if (!requests.has(read16(packet.bytes, transport + 8))) return true;
  const { source, destination, destinationPart } = connection.reply;
  const expectation: Expectation = {
    protocol: protocol.udp,
    source: bytesOfAddress(source),
    destination: bytesOfAddress(destination),
    destinationPort: destinationPart,
    expires: run.clock + lifetimeMilliseconds,
  };
  const natted =
    (connection.status & (connectionStatus.sourceNat | connectionStatus.destinationNat)) !== 0;
  const follow = { port: connection.original.sourcePart, direction: 1 } as const;
  return addExpectation(run, connection, natted ? { ...expectation, follow } : expectation);
}
