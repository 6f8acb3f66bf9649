/** Chain names: readable prefixes and hashes of what the chain is for. */

import { createHash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const longestNftName = 240;

/** The first `length` characters (at most 48) of the base32 (RFC 4648) of the SHA-256 of a text. */
export function hashText(text: string, length: number): string {
  const digest = createHash('sha256').update(text).digest();
  let result = '';
  for (let byte = 0; result.length < length; byte += 5) {
    // Five bytes are eight characters; 40 bits do not fit a bitwise operand, so two halves of 20.
    const high = digest.readUIntBE(byte, 3) >>> 4;
    const low = digest.readUIntBE(byte + 2, 3) & 0xfffff;
    result += quintets(high) + quintets(low);
  }
  return result.slice(0, length);
}

function quintets(bits: number): string {
  return (
    alphabet.charAt(bits >>> 15) +
    alphabet.charAt((bits >>> 10) & 31) +
    alphabet.charAt((bits >>> 5) & 31) +
    alphabet.charAt(bits & 31)
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
