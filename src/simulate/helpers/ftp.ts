/** The FTP helper: net/netfilter/nf_conntrack_ftp.c and nf_nat_ftp.c. */

import { type Address, addressesEqual, formatAddress, parseAddress } from '../../base/address.ts';
import { byteAt, read32 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import { type Connection, connectionStatus, isReply, tupleOf } from '../conntrack/connection.ts';
import { addExpectation } from '../conntrack/expect.ts';
import { type Expectation, newHelperState } from '../conntrack/helper-state.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import type { HelperCall } from './helper-call.ts';
import { manglePayload } from './mangle.ts';

/** A command or answer that names where data will go. */
interface Announcement {
  readonly form: 'PORT' | 'PASV' | 'EPRT' | 'EPSV';
  readonly address: Address | undefined;
  readonly port: number;
  /** Where the numbers stand in the payload. */
  readonly start: number;
  readonly length: number;
}

type Reading = Announcement | 'none' | 'cut';

const lifetimeMilliseconds = 300_000;

/** False: the packet is dropped. */
export function helpFtp(call: HelperCall): boolean {
  const { packet, connection, info, transport } = call;
  if (info !== 'established' && info !== 'established-reply') return true;
  const { bytes, length } = packet;
  if (transport + 20 > length) return true;
  const start = transport + (byteAt(bytes, transport + 12) >> 4) * 4;
  if (start >= length) return true;
  const text = String.fromCharCode(...bytes.subarray(start, length));
  const direction = isReply(info) ? 1 : 0;
  const sequence = read32(bytes, transport + 4);
  const known = connection.helperState ?? newHelperState;
  const passed = known.lineEnds[direction].includes(sequence)
    ? readLine(call, text, direction)
    : true;
  if (passed === 'cut') return false;
  if (text.endsWith('\n')) noteLineEnd(connection, direction, (sequence + text.length) >>> 0);
  return passed;
}

/** update_nl_seq() */
function noteLineEnd(connection: Connection, direction: 0 | 1, sequence: number): void {
  const state = connection.helperState ?? newHelperState;
  const ends = state.lineEnds[direction];
  if (ends.includes(sequence)) return;
  const [first = 0, second = 0] = ends;
  const kept = ends.length < 2 ? ends : [((first - second) | 0) < 0 ? second : first];
  const own = [...kept, sequence];
  const [original, reply] = state.lineEnds;
  const lineEnds = direction === 0 ? ([own, reply] as const) : ([original, own] as const);
  connection.helperState = { ...state, lineEnds };
}

function readLine(call: HelperCall, text: string, direction: 0 | 1): boolean | 'cut' {
  const family = call.connection.family;
  const readings =
    direction === 0
      ? [readPort(text), readExtendedPort(text, family)]
      : [readPassive(text), readExtendedPassive(text)];
  const found = readings.find((reading) => reading !== 'none') ?? 'none';
  if (found === 'none') return true;
  return found === 'cut' ? found : expectData(call, found, direction);
}

/** What follows the word; `cut` when the word or what must follow is not whole. */
function afterWord(text: string, word: string, skip: string): number | 'none' | 'cut' {
  if (text.length <= word.length) return word.startsWith(text.toUpperCase()) ? 'cut' : 'none';
  if (text.slice(0, word.length).toUpperCase() !== word) return 'none';
  if (skip === '') return word.length;
  const at = text.indexOf(skip, word.length);
  return at < 0 || at >= text.length - 1 ? 'cut' : at + 1;
}

function sixNumbers(
  text: string,
  start: number,
  end: string,
  form: 'PORT' | 'PASV',
): Announcement | 'cut' {
  const match = /^(\d*),(\d*),(\d*),(\d*),(\d*),(\d*)(?=([\s\S]))/.exec(text.slice(start));
  if (match === null || (end !== '' && match[7] !== end)) return 'cut';
  const [whole, ...numbers] = match;
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = numbers.map(Number);
  return {
    form,
    address: Uint8Array.of(a, b, c, d),
    port: ((high << 8) | low) & 0xffff,
    start,
    length: whole.length,
  };
}

function readPort(text: string): Reading {
  const start = afterWord(text, 'PORT', ' ');
  return typeof start === 'number' ? sixNumbers(text, start, '\r', 'PORT') : start;
}

/** RFC 1123: the numbers of a 227 answer may stand anywhere in it. */
function readPassive(text: string): Reading {
  const start = afterWord(text, '227 ', '');
  if (typeof start !== 'number') return start;
  const digits = text.slice(start).search(/\d/);
  return digits < 0 ? 'cut' : sixNumbers(text, start + digits, '', 'PASV');
}

function isDelimiter(character: string): boolean {
  return /^[!-~]$/.test(character) && !/\d/.test(character);
}

/** `|1|132.235.1.2|6275|` */
function readExtendedPort(text: string, family: 4 | 6): Reading {
  const start = afterWord(text, 'EPRT', ' ');
  if (typeof start !== 'number') return start;
  const data = text.slice(start);
  const delimiter = data.charAt(0);
  const wanted = family === 4 ? '1' : '2';
  if (!isDelimiter(delimiter) || data.charAt(1) !== wanted || data.charAt(2) !== delimiter)
    return 'cut';
  const [, , address = '', port = '', ...rest] = data.split(delimiter);
  const parsed = parseAddress(address);
  if (parsed?.length !== (family === 4 ? 4 : 16) || !/^\d+$/.test(port)) return 'cut';
  if (rest.length === 0 || Number(port) === 0) return 'cut';
  const length = 3 + address.length + 1 + port.length + 1;
  return { form: 'EPRT', address: parsed, port: Number(port) & 0xffff, start, length };
}

/** `(|||6446|)`: the address is that of the control connection. */
function readExtendedPassive(text: string): Reading {
  const start = afterWord(text, '229 ', '(');
  if (typeof start !== 'number') return start;
  const data = text.slice(start);
  const delimiter = data.charAt(0);
  const [, second = '', third = '', port = '', ...rest] = data.split(delimiter);
  const empty = second === '' && third === '' && data.startsWith(delimiter.repeat(3));
  if (!isDelimiter(delimiter) || !empty || !/^\d+$/.test(port)) return 'cut';
  if (rest.length === 0 || Number(port) === 0) return 'cut';
  const length = 3 + port.length + 1;
  return { form: 'EPSV', address: undefined, port: Number(port) & 0xffff, start, length };
}

/** Somebody else's address is not expected (the module's `loose` is off by default). */
function expectData(call: HelperCall, found: Announcement, direction: 0 | 1): boolean {
  const { run, connection } = call;
  const own = tupleOf(connection, direction === 1);
  const back = tupleOf(connection, direction === 0);
  if (found.address !== undefined && !addressesEqual(found.address, bytesOfAddress(own.source)))
    return true;
  const expectation: Expectation = {
    protocol: protocol.tcp,
    source: bytesOfAddress(back.source),
    destination: bytesOfAddress(back.destination),
    destinationPort: found.port,
    expires: run.clock + lifetimeMilliseconds,
  };
  const natted =
    (connection.status & (connectionStatus.sourceNat | connectionStatus.destinationNat)) !== 0;
  if (!natted) return addExpectation(run, connection, expectation);
  return expectTranslated(call, found, expectation, direction);
}

/** nf_nat_ftp(): the other end is told the address that it can reach. A port that is taken is a gap: the kernel draws another. */
function expectTranslated(
  call: HelperCall,
  found: Announcement,
  expectation: Expectation,
  direction: 0 | 1,
): boolean {
  const { run, connection } = call;
  const other = direction === 0 ? 1 : 0;
  const follow = { port: found.port, direction: other } as const;
  if (!addExpectation(run, connection, { ...expectation, follow })) return false;
  const text = writeAnnouncement(found.form, expectation.destination, found.port);
  manglePayload(call, found.start, found.length, text);
  return true;
}

function writeAnnouncement(form: Announcement['form'], address: Address, port: number): string {
  switch (form) {
    case 'PORT':
    case 'PASV':
      return [...address, port >> 8, port & 255].join(',');
    case 'EPRT':
      return `|${address.length === 4 ? 1 : 2}|${formatAddress(address)}|${port}|`;
    case 'EPSV':
      return `|||${port}|`;
  }
}
