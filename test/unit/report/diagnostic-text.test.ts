import { describe, expect, it } from 'vitest';
import { generatedSpan, spanOf } from '../../../src/base/span.ts';
import { formatDiagnostic } from '../../../src/report/diagnostic-text.ts';

const source = { name: 'rules.nft', text: 'table ip t {\n\tchain c {\n\t\tfoo bar\n\t}\n}\n' };

describe('formatDiagnostic', () => {
  it('shows place, line, carets and hint', () => {
    const start = source.text.indexOf('foo');
    const text = formatDiagnostic({
      code: 'syntax-error',
      span: spanOf(source, start, start + 3),
      message: 'unexpected word foo',
      hint: 'did you mean fib?',
    });
    expect(text).toBe(
      'rules.nft:3:3: error: unexpected word foo [syntax-error]\n' +
        '\t\tfoo bar\n\t\t^^^\nhint: did you mean fib?',
    );
  });

  it('cuts long lines around the place', () => {
    const long = { name: 'l', text: `${'x'.repeat(1000)}BAD${'y'.repeat(1000)}` };
    const lines = formatDiagnostic({
      code: 'syntax-error',
      span: spanOf(long, 1000, 1003),
      message: 'm',
    }).split('\n');
    const at = lines[2]?.indexOf('^') ?? -1;
    expect(lines[1]?.slice(at, at + 3)).toBe('BAD');
    expect(lines[1]?.length).toBeLessThan(200);
  });

  it('never lets control characters through', () => {
    const evil = { name: 'e\u001b]0;x\u0007', text: 'a\u001b[2Jb' };
    const text = formatDiagnostic({
      code: 'syntax-error',
      span: spanOf(evil, 1, 2),
      message: 'm\u0000',
    });
    expect([...text].filter((c) => c < ' ' && c !== '\n' && c !== '\t')).toEqual([]);
  });

  it('says nothing of a line where no text stands behind', () => {
    expect(formatDiagnostic({ code: 'syntax-error', span: generatedSpan, message: 'm' })).toBe(
      '<generated>: error: m [syntax-error]',
    );
  });
});
