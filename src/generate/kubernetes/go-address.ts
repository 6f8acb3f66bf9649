/** IP addresses and CIDRs as Go and Kubernetes read (leading zeros allowed) and print them (canonical). */

export type AddressFamily = 'ip' | 'ip6';

export interface GoAddress {
  readonly family: AddressFamily;
  /** Four bytes of an IPv4 address, eight 16-bit groups of an IPv6 address. */
  readonly groups: readonly number[];
  readonly text: string;
}

export interface GoCidr {
  readonly family: AddressFamily;
  /** The groups of the network address: host bits cleared. */
  readonly groups: readonly number[];
  readonly length: number;
  readonly text: string;
}

const canonicalIpv4 =
  /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/;

/** Reads an address as `ParseIPSloppy` of k8s.io/utils/net does; an IPv4-mapped address is IPv4. */
export function parseAddress(text: string): GoAddress | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const groups = parseIpv6Groups(text);
  if (groups === undefined) return undefined;
  const mapped = mappedIpv4(groups);
  if (mapped !== undefined) return { family: 'ip', groups: mapped, text: mapped.join('.') };
  return { family: 'ip6', groups, text: formatIpv6(groups) };
}

export function isAddress(text: string): boolean {
  return canonicalIpv4.test(text) || parseAddress(text) !== undefined;
}

/** The canonical text of an address of the family, or undefined. */
export function addressText(text: string, family: AddressFamily): string | undefined {
  if (family === 'ip' && canonicalIpv4.test(text)) return text;
  const address = parseAddress(text);
  return address?.family === family ? address.text : undefined;
}

/** Reads `ADDRESS/LENGTH`, blanks around it trimmed, host bits cleared. */
export function parseCidr(text: string): GoCidr | undefined {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(trimmed.slice(0, slash));
  const lengthText = trimmed.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  const width = address.family === 'ip' ? 8 : 16;
  if (length > address.groups.length * width) return undefined;
  const groups = maskGroups(address.groups, length, width);
  const network = address.family === 'ip' ? groups.join('.') : formatIpv6(groups);
  return { family: address.family, groups, length, text: `${network}/${length}` };
}

export function cidrContains(cidr: GoCidr, address: GoAddress): boolean {
  if (cidr.family !== address.family) return false;
  const width = cidr.family === 'ip' ? 8 : 16;
  const masked = maskGroups(address.groups, cidr.length, width);
  return masked.every((group, index) => group === cidr.groups[index]);
}

export function isLoopback(address: {
  readonly family: AddressFamily;
  readonly groups: readonly number[];
}): boolean {
  if (address.family === 'ip') return address.groups[0] === 127;
  return address.groups.every((group, index) => group === (index === 7 ? 1 : 0));
}

function parseIpv4(text: string): GoAddress | undefined {
  const groups = parseIpv4Bytes(text);
  return groups && { family: 'ip', groups, text: groups.join('.') };
}

function parseIpv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^\d{1,}$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroupList(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroupList(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroupList(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const bytes = parseIpv4Bytes(part);
      if (bytes === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function mappedIpv4(groups: readonly number[]): readonly number[] | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255];
}

/** RFC 5952: lower case, the first longest run of at least two zero groups shortened. */
function formatIpv6(groups: readonly number[]): string {
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

function maskGroups(groups: readonly number[], length: number, width: number): readonly number[] {
  return groups.map((group, index) => {
    const kept = Math.min(Math.max(length - index * width, 0), width);
    return group & ~(2 ** (width - kept) - 1) & (2 ** width - 1);
  });
}
