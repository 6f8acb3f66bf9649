/** Cases of the Calico corpus as they stand in the files, and their comparison. */

import { isRecord } from '../../../src/generate/calico/plain-data.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface CalicoCase {
  readonly id: string;
  readonly call: string;
  readonly dataplane: 'iptables' | 'nftables';
  /** The logical table of a chain call in nftables mode. */
  readonly layer: string;
  readonly config: Fields;
  readonly input: Fields;
  readonly expect: Fields;
  /** `expect` as it stands, which is null where nothing can be computed. */
  readonly wanted: unknown;
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

export function readCase(value: unknown): CalicoCase {
  const fields = fieldsOf(value);
  return {
    id: String(fields.id),
    call: String(fields.call),
    dataplane: fields.dataplane === 'nftables' ? 'nftables' : 'iptables',
    layer: typeof fields.layer === 'string' ? fields.layer : 'filter',
    config: fieldsOf(fields.config),
    input: fieldsOf(fields.input),
    expect: fieldsOf(fields.expect),
    wanted: fields.expect ?? null,
  };
}

/** JSON with the keys of every object in order, so that equal data are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Computes what `expect` holds. */
export type Call = (calicoCase: CalicoCase) => unknown;

function excerpt(text: string, at: number): string {
  return `${at > 100 ? '…' : ''}${text.slice(Math.max(0, at - 100), at + 200)}`;
}

/** Both texts around the first difference. */
export function describeDifference(wanted: string, found: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === found[at]) at++;
  return `wanted ${excerpt(wanted, at)}\nfound  ${excerpt(found, at)}`;
}
