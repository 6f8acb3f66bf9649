import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { readPlainYaml } from '../../../../src/generate/kubernetes/plain-yaml.ts';

/** What the full reader makes of a text; undefined where it finds errors. */
function fullReading(text: string): unknown {
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent' });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
    return undefined;
  }
  return documents.map((one) => one.toJS()).filter((value) => value !== null);
}

const plainReading = (text: string) => readPlainYaml(text)?.map(({ value }) => value);

describe('the plain reader of YAML', () => {
  it.each([
    'samples/k8s-calico-node/kubernetes.yaml',
    'samples/k8s-kube-proxy-nftables/kubernetes.yaml',
  ])('reads %s as the full reader does', (path) => {
    const text = readFileSync(path, 'utf8');
    expect(plainReading(text)).toEqual(fullReading(text));
  });

  it.each([
    'a: 1\nb:\n- x\n- y: 2\n  z: null\nc:\n  d: "q # q"   # note\n',
    'a: |\n  one\n\n   two\n\nb: |-\n  x\n',
    "list: [a, 'b c', {d: e, f: 80}]\nempty: {}\n",
    '- - 1\n  - 2\n- a: b\n  c: d\n',
    'time: 2024-01-01T00:00:00Z\nip: fe80::1\nimage: k8s.io/x:v1\nport: 0x10\n',
    'a: 1.0\nb: 1e3\nc: ~\nd: yes\ne: 010\nf: -5\ng: 0o17\n',
    'a: b\n c: d\n',
    'a: b\n  c\n',
    'a: 1\na: 2\n',
    'a: *x\n',
    '---\n# only this\n---\na: b\n',
    'a:\n  - b\n c: d\n',
    'a: "b\n  c"\n',
    'a: [1,\n 2]\n',
  ])('reads %j as the full reader does, or not at all', (text) => {
    const plain = plainReading(text);
    if (plain !== undefined) expect(plain).toEqual(fullReading(text));
    expect(plain === undefined || fullReading(text) !== undefined).toBe(true);
  });

  const scalar = fc.oneof(
    fc.constantFrom('', 'true', 'null', '~', '1', '-0', '1e3', 'a: b', 'a #b', '- x', '0x1', '.5'),
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z][a-z./]{0,6}$/), tie('value'), { maxKeys: 4 }),
    ),
  }));

  it('reads what is written of any value, or leaves it', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 40), (tree, lineWidth) => {
        const text = stringify(tree, { lineWidth });
        const plain = plainReading(text);
        if (plain !== undefined) expect(plain).toEqual(fullReading(text));
      }),
      { numRuns: 500 },
    );
  });

  const piece = fc.constantFrom(
    ...['a', 'b', ': ', ':', '- ', '\n', '\n  ', '\n    ', ' ', '#', '"', "'", '{', '}', '[', ']'],
    ...[', ', '|', '1', '0', '.', '-', '~', '---\n', 'true', '\n'],
  );

  it('reads texts of any pieces, or leaves them', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const plain = plainReading(text);
        if (plain !== undefined) expect(plain).toEqual(fullReading(text));
      }),
      { numRuns: 10_000 },
    );
  });
});
