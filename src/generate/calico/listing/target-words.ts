/** Targets of iptables rules in nft's words. */

import type { IptablesTarget } from '../../../ast/iptables.ts';
import type { ListingDialect } from './dialect.ts';
import { maskedNumber, xtWords } from './match-words.ts';

function value(target: IptablesTarget, ...names: readonly string[]): string | undefined {
  return target.options.find(({ name }) => names.includes(name))?.values[0];
}

function has(target: IptablesTarget, name: string): boolean {
  return target.options.some((option) => option.name === name);
}

const hex = (number: number): string => `0x${(number >>> 0).toString(16)}`;

function markWords(target: IptablesTarget): string {
  const exclusive = value(target, '--set-xmark');
  const written = maskedNumber(exclusive ?? value(target, '--set-mark') ?? '0');
  const mark = written.value;
  const mask = exclusive === undefined ? (mark | written.mask) >>> 0 : written.mask;
  if (mask === 0xffffffff) return `meta mark set ${hex(mark)}`;
  if (mark === 0) return `meta mark set mark and ${hex(~mask)}`;
  if (mark === mask) return `meta mark set mark or ${hex(mark)}`;
  return `meta mark set mark and ${hex(~mask)} xor ${hex(mark)}`;
}

const random = (target: IptablesTarget): string =>
  has(target, '--random-fully') ? ' fully-random' : '';

const logLevels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;

function logWords(target: IptablesTarget): string {
  const prefix = value(target, '--log-prefix');
  const level = logLevels[Number(value(target, '--log-level') ?? 4)] ?? 'warn';
  const prefixWords = prefix === undefined ? '' : ` prefix "${prefix}"`;
  return `log${prefixWords}${level === 'warn' ? '' : ` level ${level}`}`;
}

function nflogWords(target: IptablesTarget): string {
  const prefix = value(target, '--nflog-prefix');
  const size = value(target, '--nflog-size');
  return [
    'log',
    ...(prefix === undefined ? [] : [`prefix "${prefix}"`]),
    `group ${value(target, '--nflog-group') ?? 0}`,
    ...(size === undefined ? [] : [`snaplen ${size}`]),
  ].join(' ');
}

function rejectWords(target: IptablesTarget): string {
  return value(target, '--reject-with') === 'tcp-reset' ? 'reject with tcp reset' : 'reject';
}

function masqueradeWords(target: IptablesTarget): string {
  const ports = value(target, '--to-ports');
  return `masquerade${ports === undefined ? '' : ` to :${ports}`}${random(target)}`;
}

const translations: Readonly<Record<string, (target: IptablesTarget) => string>> = {
  MARK: markWords,
  LOG: logWords,
  NFLOG: nflogWords,
  REJECT: rejectWords,
  MASQUERADE: masqueradeWords,
  SNAT: (target) => `snat to ${value(target, '--to-source') ?? ''}${random(target)}`,
  DNAT: (target) => `dnat to ${value(target, '--to-destination') ?? ''}${random(target)}`,
  NOTRACK: () => 'notrack',
  ACCEPT: () => 'accept',
  DROP: () => 'drop',
  RETURN: () => 'return',
};

/** `chains`: names of the chains that are no extensions. */
export function targetWords(target: IptablesTarget, dialect: ListingDialect): string {
  const translate = translations[target.name];
  if (translate !== undefined) return translate(target);
  if (target.options.length > 0) return xtWords('target', target.name, dialect);
  return `${target.goto ? 'goto' : 'jump'} ${target.name}`;
}
