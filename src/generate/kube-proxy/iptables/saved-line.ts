/** A line kube-proxy writes, as iptables-nft-save prints it after loading. */

import type { AddressFamily } from '../../kubernetes/go-address.ts';
import { statisticThreshold } from '../probability.ts';

/** The pieces of a saved rule; each begins with a blank. */
interface SavedParts {
  source: string;
  destination: string;
  input: string;
  protocol: string;
  matches: string;
  target: string;
  /** The list of an open `-m recent`: its name is printed after the other options. */
  recentList: string | undefined;
}

const flags = new Set(['--rcheck', '--reap', '--set', '--random-fully']);

/** Reads lines of this generator only. Addresses come first, then the matches in their order, then the target. */
export function savedLine(line: string, family: AddressFamily): string {
  const parts: SavedParts = {
    source: '',
    destination: '',
    input: '',
    protocol: '',
    matches: '',
    target: '',
    recentList: undefined,
  };
  const words = wordsOf(line);
  let negation = '';
  for (let index = 2; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '!') {
      negation = '! ';
      continue;
    }
    const value = flags.has(word) ? '' : (words[++index] ?? '');
    takeOption(parts, word, value, negation, family);
    negation = '';
  }
  closeRecent(parts, family);
  const { source, destination, input, protocol, matches, target } = parts;
  return `-A ${words[1]}${source}${destination}${input}${protocol}${matches}${target}`;
}

/** Words are separated by single blanks; only comments are quoted, and hold no quotes. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let start = 0;
  while (start < line.length) {
    const isQuoted = line.charCodeAt(start) === 34;
    if (isQuoted) start++;
    const found = line.indexOf(isQuoted ? '"' : ' ', start);
    const end = found < 0 ? line.length : found;
    words.push(line.slice(start, end));
    start = end + (isQuoted ? 2 : 1);
  }
  return words;
}

function takeOption(
  parts: SavedParts,
  word: string,
  value: string,
  negation: string,
  family: AddressFamily,
): void {
  switch (word) {
    case '-s':
      parts.source = savedAddress(word, value, negation, family);
      return;
    case '-d':
      parts.destination = savedAddress(word, value, negation, family);
      return;
    case '-i':
      parts.input = ` ${negation}-i ${value}`;
      return;
    case '-p':
      parts.protocol = ` ${negation}-p ${value}`;
      return;
    case '-m':
      closeRecent(parts, family);
      parts.matches += ` -m ${value}`;
      return;
    case '-j':
      closeRecent(parts, family);
      parts.target = ` -j ${value}${value === 'REJECT' ? rejectWith[family] : ''}`;
      return;
    case '--name':
      parts.recentList = value;
      return;
    case '--or-mark':
      parts.target += ` --set-xmark ${savedNumber(value)}/${savedNumber(value)}`;
      return;
    case '--xor-mark':
      parts.target += ` --set-xmark ${savedNumber(value)}/0x0`;
      return;
  }
  const words = ` ${negation}${word}${savedValue(word, value)}`;
  if (parts.target === '') parts.matches += words;
  else parts.target += words;
}

const rejectWith: Readonly<Record<AddressFamily, string>> = {
  ip: ' --reject-with icmp-port-unreachable',
  ip6: ' --reject-with icmp6-port-unreachable',
};

const recentMask: Readonly<Record<AddressFamily, string>> = {
  ip: '255.255.255.255',
  ip6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

function closeRecent(parts: SavedParts, family: AddressFamily): void {
  if (parts.recentList === undefined) return;
  parts.matches += ` --name ${parts.recentList} --mask ${recentMask[family]} --rsource`;
  parts.recentList = undefined;
}

/** Addresses get their prefix length; a prefix of length 0 says nothing and is not shown. */
function savedAddress(
  word: string,
  value: string,
  negation: string,
  family: AddressFamily,
): string {
  if (value.endsWith('/0') && negation === '') return '';
  const length = value.includes('/') ? '' : family === 'ip' ? '/32' : '/128';
  return ` ${negation}${word} ${value}${length}`;
}

function savedValue(word: string, value: string): string {
  switch (word) {
    case '--comment':
      return ` "${value}"`;
    case '--mark':
      return ` ${value.split('/').map(savedNumber).join('/')}`;
    case '--probability':
      return ` ${savedProbability(value)}`;
    default:
      return value === '' ? '' : ` ${value}`;
  }
}

/** As `%x` prints it. */
function savedNumber(text: string): string {
  return `0x${Number(text).toString(16)}`;
}

const savedProbabilities = new Map<string, string>();

/** The kernel keeps the threshold, so the text comes back rounded to 31 bits, with eleven decimals. */
function savedProbability(text: string): string {
  let saved = savedProbabilities.get(text);
  if (saved === undefined) {
    saved = (statisticThreshold(text) / 2 ** 31).toFixed(11);
    savedProbabilities.set(text, saved);
  }
  return saved;
}
