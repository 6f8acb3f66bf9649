/** Templates: what `ct zone set` and xtables' CT target put in the place of a connection (nf_ct_tmpl_alloc()). */

import type { LivePacket } from '../live-packet.ts';
import { type Connection, type ConnectionInfo, connectionStatus } from './connection.ts';
import type { Tuple } from './tuple.ts';

export interface Template {
  readonly connection: Connection;
  /** New; an answer to the packet gets the template as related. */
  readonly info: ConnectionInfo;
  /** Names the rule whose template it is: its mark outlasts the packet. */
  readonly owner?: string;
}

const nowhere: Tuple = {
  source: new Uint8Array(16),
  destination: new Uint8Array(16),
  protocol: 0,
  sourcePart: 0,
  destinationPart: 0,
};

export function newTemplate(zone: number, helper?: string): Template {
  const connection: Connection = {
    id: 0,
    family: 4,
    zone,
    original: nowhere,
    reply: nowhere,
    status: connectionStatus.template | connectionStatus.confirmed,
    mark: 0,
    labels: undefined,
    secmark: 0,
    expires: 0,
    tcp: undefined,
    sctp: undefined,
    streamAt: 0,
    helper,
    master: undefined,
    masqueradeDevice: undefined,
    packets: [0, 0],
    bytes: [0, 0],
  };
  return { connection, info: 'new' };
}

/** nf_ct_get() as xtables uses it, which does not tell a template from a connection. nft's `ct` does. */
export function anyConnection({ connection, template }: LivePacket): Connection | undefined {
  return connection ?? template?.connection;
}
