/** Rows of headers, options and keys: what must hold for all of them. */

import { describe, expect, it } from 'vitest';
import { ctKeys } from '../../../src/fields/ct.ts';
import { extensionHeaders } from '../../../src/fields/extension-headers.ts';
import { headerByName, headerField, headers } from '../../../src/fields/headers.ts';
import { priorityByName, priorityNameFor } from '../../../src/fields/hooks.ts';
import { metaKeys } from '../../../src/fields/meta.ts';
import { ipOptions, tcpOptions } from '../../../src/fields/options.ts';
import { sctpChunks } from '../../../src/fields/sctp-chunks.ts';
import { typeByName } from '../../../src/lower/types.ts';

const fieldTypes = [
  ...headers.flatMap(({ fields }) => fields),
  ...[...extensionHeaders, ...tcpOptions, ...ipOptions, ...sctpChunks].flatMap(
    ({ fields }) => fields,
  ),
  ...metaKeys,
  ...ctKeys.filter(({ bits }) => bits > 0),
];

describe('field rows', () => {
  it('name datatypes that exist', () => {
    const unknown = fieldTypes.filter(({ type }) => typeByName(type).base === 'invalid');
    expect(unknown).toEqual([]);
  });

  it('are no wider than their datatypes', () => {
    const wrong = fieldTypes.filter(({ type, bits }) => {
      const width = typeByName(type).bits;
      return width > 1 && width < bits;
    });
    expect(wrong).toEqual([]);
  });

  it('have protocol keys among their fields', () => {
    for (const { protocol, protocolKey } of headers) {
      if (protocolKey !== undefined) expect(headerField(protocol, protocolKey)).toBeDefined();
    }
  });

  it('name upper protocols that have rows', () => {
    const missing = headers
      .flatMap(({ upper = [] }) => upper.map(([, name]) => name))
      .filter((name) => headerByName(name) === undefined);
    expect(missing).toEqual([]);
  });

  it('know old spellings', () => {
    expect(headerField('vlan', 'cfi')?.name).toBe('dei');
  });
});

describe('priorities', () => {
  it('depend on family and hook', () => {
    expect(priorityByName('ip', 'prerouting', 'dstnat')).toBe(-100);
    expect(priorityByName('bridge', 'prerouting', 'dstnat')).toBe(-300);
    expect(priorityByName('ip', 'forward', 'srcnat')).toBeUndefined();
  });

  it('are named up to ten away', () => {
    expect(priorityNameFor('inet', 'input', 5)).toEqual({ name: 'filter', offset: 5 });
    expect(priorityNameFor('inet', 'input', 25)).toBeUndefined();
  });
});
