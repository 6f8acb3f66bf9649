/** inner: a header behind a tunnel header (nft_inner.c). */

import type { InnerOperation } from '../../model/operations.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { findTransport } from '../../packet/ipv6-extension-headers.ts';
import { etherType, protocol } from '../../packet/protocols.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { innerOffset } from './payload.ts';
import { breakRule, store8, storeBytes, storeNetwork16 } from './store.ts';

/** NFT_INNER_* */
const flag = { headerSize: 1, link: 2, network: 4, transport: 8 } as const;

const geneve = 2;

/** Where the inner headers stand (struct nft_inner_tun_ctx); absent: there is none. */
interface InnerHeaders {
  readonly tunnel?: number;
  readonly link?: number;
  readonly network?: number;
  readonly transport?: number;
  readonly etherType?: number;
  readonly protocol?: number;
}

export function prepareInner({ type, headerSize, flags, operation }: InnerOperation): Step {
  const to = registerOffset(operation.destination);
  return (evaluation) => {
    const headers = innerHeaders(evaluation, type, headerSize, flags);
    if (headers === undefined) breakRule(evaluation);
    else if (operation.kind === 'payload') copyInner(evaluation, to, headers, operation);
    else if (operation.key === 'protocol' && headers.etherType !== undefined)
      storeNetwork16(evaluation, to, headers.etherType);
    else if (operation.key === 'l4proto' && headers.protocol !== undefined)
      store8(evaluation, to, headers.protocol);
    else breakRule(evaluation);
  };
}

function copyInner(
  evaluation: Evaluation,
  to: number,
  headers: InnerHeaders,
  { base, offset, length }: Extract<InnerOperation['operation'], { kind: 'payload' }>,
): void {
  const { packet } = evaluation;
  const start = base === 'inner' ? undefined : headers[base];
  if (start === undefined || start + offset + length > packet.length) {
    breakRule(evaluation);
    return;
  }
  const at = start + offset;
  storeBytes(evaluation, to, packet.bytes.subarray(at, at + length));
}

/** nft_inner_parse() */
function innerHeaders(
  { packet, info }: Evaluation,
  type: number,
  headerSize: number,
  flags: number,
): InnerHeaders | undefined {
  const start = innerOffset(packet, info);
  if (start === undefined) return undefined;
  let at = start;
  let found: InnerHeaders = {};
  if (flags & flag.headerSize) {
    if (info.protocol === protocol.gre) found = { tunnel: info.transport };
    else if (info.protocol !== protocol.udp) return undefined;
    else {
      found = { tunnel: start };
      at += headerSize;
      if (type === geneve) {
        if (start + 8 > packet.length) return undefined;
        at += (byteAt(packet.bytes, start) & 0x3f) * 4;
      }
    }
  }
  if (flags & (flag.link | flag.network)) {
    const inner = networkHeaders(packet.bytes, packet.length, at, (flags & flag.link) !== 0);
    return inner === undefined ? undefined : { ...found, ...inner };
  }
  return flags & flag.transport ? { ...found, transport: at } : found;
}

/** nft_inner_parse_l2l3() */
function networkHeaders(
  bytes: Uint8Array,
  length: number,
  start: number,
  framed: boolean,
): InnerHeaders | undefined {
  if (!framed) {
    if (start + 4 > length) return undefined;
    const version = byteAt(bytes, start) >> 4;
    const type = version === 4 ? etherType.ipv4 : etherType.ipv6;
    if (version !== 4 && version !== 6) return undefined;
    return addressHeaders(bytes, length, start, type, { etherType: type });
  }
  if (start + 14 > length) return undefined;
  const type = read16(bytes, start + 12);
  const link = { link: start, etherType: type };
  if (type !== etherType.vlan) return addressHeaders(bytes, length, start + 14, type, link);
  if (start + 18 > length) return undefined;
  return addressHeaders(bytes, length, start + 18, read16(bytes, start + 16), link);
}

function addressHeaders(
  bytes: Uint8Array,
  length: number,
  at: number,
  type: number,
  found: InnerHeaders,
): InnerHeaders | undefined {
  const version = byteAt(bytes, at) >> 4;
  if (type === etherType.ipv4) {
    const size = (byteAt(bytes, at) & 15) * 4;
    if (at + 20 > length || size < 20 || version !== 4) return undefined;
    const network = { ...found, network: at };
    if ((read16(bytes, at + 6) & 0x1fff) !== 0) return network;
    return { ...network, transport: at + size, protocol: byteAt(bytes, at + 9) };
  }
  if (type !== etherType.ipv6 || at + 40 > length || version !== 6) return undefined;
  const place = findTransport(bytes.subarray(at, length), length - at);
  if (place === undefined) return undefined;
  const network = { ...found, network: at };
  if (place.fragmentOffset !== 0) return network;
  return { ...network, transport: at + place.offset, protocol: place.protocol };
}
