import { describe, expect, it } from 'vitest';
import { closest, positionAt, printable } from '../../../src/base/text.ts';

describe('printable', () => {
  it('keeps text and tabs, shows control characters', () => {
    expect(printable('a\tb é 漢')).toBe('a\tb é 漢');
    expect(printable('\u001b[31mred\u0007')).toBe('\\x1b[31mred\\x07');
    expect(printable('\u202eabc\u2028')).toBe('\\u{202e}abc\\u{2028}');
  });
});

describe('positionAt', () => {
  const source = { name: 'x', text: 'one\ntwo\r\n\nfour' };

  it.each([
    [0, 1, 1],
    [3, 1, 4],
    [4, 2, 1],
    [9, 3, 1],
    [10, 4, 1],
    [14, 4, 5],
    [99, 4, 5],
  ])('offset %i is line %i column %i', (offset, line, column) => {
    expect(positionAt(source, offset)).toMatchObject({ line, column });
  });
});

describe('closest', () => {
  it('finds the nearest spelling, first of equals, nothing when far', () => {
    expect(closest('blocklst', ['allowlist', 'blocklist'])).toBe('blocklist');
    expect(closest('ab', ['ac', 'ad'])).toBe('ac');
    expect(closest('prerouting', ['input'])).toBeUndefined();
  });
});
