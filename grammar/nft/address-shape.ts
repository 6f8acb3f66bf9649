/** How much text has the shape of an address: dotted quad, IPv6, or Ethernet. Values are checked later. */

const ipv4Pattern = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/y;
const ethernetPattern = /(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}/y;
const runPattern = /[0-9a-fA-F:.]{2,46}/y;
const fullIpv6Pattern = /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i;
const groupsPattern = /^(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?$/i;
const quadTailPattern = /(?:^|:)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Length of the longest address that starts at `start`; 0 for none. */
export function addressLength(text: string, start: number): number {
  runPattern.lastIndex = start;
  const run = runPattern.exec(text)?.[0];
  if (run === undefined) return 0;
  const ipv4 = length(ipv4Pattern, text, start);
  const colon = run.indexOf(':');
  if (colon < 0 || colon > 4) return ipv4;
  return Math.max(ipv4, length(ethernetPattern, text, start), ipv6Length(run));
}

function length(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0].length ?? 0;
}

function ipv6Length(run: string): number {
  for (let size = run.length; size > 1; size--) {
    if (isIpv6Shape(run.slice(0, size))) return size;
  }
  return 0;
}

function isIpv6Shape(text: string): boolean {
  const gap = text.indexOf('::');
  if (gap < 0) return fullIpv6Pattern.test(text);
  const head = text.slice(0, gap);
  const tail = text.slice(gap + 2);
  const quad = quadTailPattern.exec(tail);
  const groups = quad === null ? tail : tail.slice(0, quad.index);
  if (!groupsPattern.test(head) || !groupsPattern.test(groups)) return false;
  return count(head) + count(groups) + (quad === null ? 0 : 2) <= 7;
}

function count(groups: string): number {
  return groups === '' ? 0 : groups.split(':').length;
}
