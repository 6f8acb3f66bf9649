/** `log` with its options (nft: stmt_evaluate_log()). */

import type { LogStatement } from '../../ast/nft/statements.ts';
import { textLength } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import { pushOperation } from './push.ts';

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'];

/** NF_LOG_* bits by nft's words. */
const flagBits: Readonly<Record<string, number>> = {
  'tcp sequence': 0x1,
  'tcp options': 0x2,
  'ip options': 0x4,
  skuid: 0x8,
  ether: 0x20,
  all: 0x2f,
};

/** NF_LOG_PREFIXLEN counts the terminating zero. */
const longestPrefix = 127;

export function lowerLog(context: LoweringContext, statement: LogStatement): boolean {
  const prefix = prefixText(statement);
  const problem = logProblem(statement, prefix);
  if (problem !== undefined) {
    fail(context, 'invalid-expression', statement.span, problem);
    return false;
  }
  const { group, snaplen, queueThreshold, level, flags = [], span } = statement;
  const bits = flags.reduce((sum, flag) => sum | (flagBits[flag] ?? 0), 0);
  return pushOperation(context, {
    kind: 'log',
    ...(prefix === undefined ? {} : { prefix }),
    // struct log_stmt: 16, 32 and 16 bits.
    ...(group === undefined ? {} : { group: group % 65536 }),
    ...(group === undefined || snaplen === undefined ? {} : { snaplen: snaplen % 2 ** 32 }),
    ...(group === undefined || queueThreshold === undefined
      ? {}
      : { queueThreshold: queueThreshold % 65536 }),
    ...(level === undefined ? {} : { level: levels.indexOf(level) }),
    ...(bits === 0 ? {} : { flags: bits }),
    span,
  });
}

function prefixText({ prefix }: LogStatement): string | undefined {
  return prefix?.kind === 'string' || prefix?.kind === 'symbol' ? prefix.text : undefined;
}

function logProblem(statement: LogStatement, prefix: string | undefined): string | undefined {
  const { group, snaplen, queueThreshold, level, flags = [] } = statement;
  const toGroup = group !== undefined || snaplen !== undefined || queueThreshold !== undefined;
  if (toGroup && level !== undefined) return 'level and group are mutually exclusive';
  if (toGroup && flags.length > 0) return 'flags and group are mutually exclusive';
  if (level === 'audit' && (toGroup || flags.length > 0 || prefix !== undefined)) {
    return "log level audit doesn't support any further options";
  }
  if (prefix === undefined) return undefined;
  if (textLength(prefix) > longestPrefix) return 'log prefix is too long';
  return prefix === '' ? 'log prefix must have a minimum length of 1 character' : undefined;
}
