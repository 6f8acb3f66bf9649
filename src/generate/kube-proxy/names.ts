/** Chain names: readable prefixes and hashes of what the chain is for. */

import { sha2 } from '../../base/sha256.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const longestNftName = 240;

/** Two characters of base32 for every ten bits. */
const characterPairs = Array.from(
  { length: 1024 },
  (_, bits) => alphabet.charAt(bits >>> 5) + alphabet.charAt(bits & 31),
);

/** The first 8 or 16 characters of the base32 (RFC 4648) of the SHA-256 of a text. */
export function hashText(text: string, length: 8 | 16): string {
  const digest = sha2(256, text);
  return length === 8
    ? eightCharacters(digest, 0)
    : eightCharacters(digest, 0) + eightCharacters(digest, 5);
}

/** Five bytes are eight characters. */
function eightCharacters(bytes: Uint8Array, at: number): string {
  const byte = (index: number): number => bytes[at + index] ?? 0;
  const high = (byte(0) << 12) | (byte(1) << 4) | (byte(2) >>> 4);
  const low = ((byte(2) & 15) << 16) | (byte(3) << 8) | byte(4);
  return (
    (characterPairs[high >>> 10] ?? '') +
    (characterPairs[high & 1023] ?? '') +
    (characterPairs[low >>> 10] ?? '') +
    (characterPairs[low & 1023] ?? '')
  );
}

/** The 16 characters that end KUBE-SVC-, KUBE-SVL-, KUBE-EXT- and KUBE-FW- names. */
export function servicePortHash(servicePortName: string, protocol: string): string {
  return hashText(servicePortName + protocol, 16);
}

/** `KUBE-SEP-…` of an endpoint `IP:port`. */
export function endpointChainName(
  servicePortName: string,
  protocol: string,
  endpoint: string,
): string {
  return `KUBE-SEP-${hashText(servicePortName + protocol + endpoint, 16)}`;
}

/** A hash, a dash and the text, at most 240 characters long: nft names end at 255 with a prefix. */
export function hashedNftName(text: string): string {
  const name = `${hashText(text, 8)}-${text}`;
  return name.length > longestNftName ? `${name.slice(0, longestNftName - 3)}...` : name;
}

export function nftServiceName(
  namespace: string,
  name: string,
  protocol: string,
  portName: string,
): string {
  return hashedNftName(`${namespace}/${name}/${protocol}/${portName}`);
}

/** `endpoint` is `IP:port`; colons of IPv6 are written as dots, brackets left out. */
export function nftEndpointName(
  namespace: string,
  name: string,
  protocol: string,
  portName: string,
  address: string,
  port: number,
): string {
  const dotted = address.replaceAll(':', '.');
  return hashedNftName(`${namespace}/${name}/${protocol}/${portName}__${dotted}/${port}`);
}
