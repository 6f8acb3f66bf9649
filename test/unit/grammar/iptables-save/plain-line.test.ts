import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line, OptionListener } from '../../../../grammar/iptables-save/line.ts';
import { parseLine } from '../../../../grammar/iptables-save/line-parser.ts';
import { readPlainLine } from '../../../../grammar/iptables-save/plain-line.ts';

/** What a reader says of a line, and what the listener hears; options take as many words as their name is long. */
function heard(read: (text: string, listener: OptionListener) => Line | undefined, text: string) {
  const calls: unknown[] = [];
  const listener: OptionListener = {
    wordsOf: (option, negated, next) => {
      calls.push(['wordsOf', option, negated, next]);
      return option.text.length % 4;
    },
    option: (...all) => void calls.push(['option', ...all]),
  };
  return { line: read(text, listener), calls };
}

function expectSame(text: string): void {
  const plain = heard(readPlainLine, text);
  if (plain.line === undefined) expect(plain.calls).toEqual([]);
  else expect(plain).toEqual(heard(parseLine, text));
}

describe('lines of iptables-save are read alike with and without the grammar', () => {
  const save = readFileSync('samples/k8s-calico-node/iptables.save', 'utf8').split('\n');
  const lines = save.filter((line) => !line.startsWith('#') && !line.startsWith(':'));

  it('those of the sample, without the grammar', () => {
    for (const line of lines) {
      expect(readPlainLine(line, { wordsOf: () => 1, option: () => undefined })).toBeDefined();
      expectSame(line);
    }
  });

  const piece = fc.constantFrom(
    ...['-A', '-m', '!', '"', '\\', ' ', ' ', '\t', '[1:2]', '[', '*', '*nat', 'COMMIT', ':a', '#'],
    ...['--comment', 'a b', "'", '1.2.3.4/8', '-', '--', '\u00a0', '\r', 'x"y z"w', '! '],
  );

  it('texts of any pieces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => expectSame(pieces.join(''))),
      { numRuns: 3_000 },
    );
  });
});
