/** Checks of single functions: chain names, probabilities, service CIDRs. */

import {
  endpointChainName,
  hashedNftName,
  nftEndpointName,
  nftServiceName,
  servicePortHash,
} from '../../../src/generate/kube-proxy/names.ts';
import { serviceCidrsText } from '../../../src/generate/kube-proxy/nftables/common-objects.ts';
import { probabilityText } from '../../../src/generate/kube-proxy/probability.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';

type Row = Readonly<Record<string, unknown>>;
type Compared = readonly [check: string, wanted: unknown, got: unknown];

export function* rowOutcomes(test: CorpusCase): Generator<CaseOutcome> {
  const rows: readonly Row[] = test.expect.rows ?? [{ ...test, ...test.expect }];
  for (const [index, row] of rows.entries()) {
    const compared = rowValues(test.kind, row);
    if (compared.length === 0) {
      const difference = (): string => `nothing to compare in ${JSON.stringify(row)}`;
      yield { check: `${test.kind}:row`, id: `${test.id}#${index}`, pass: false, difference };
    }
    for (const [check, wanted, got] of compared) {
      yield {
        check: `${test.kind}:${check}`,
        id: `${test.id}#${index}`,
        pass: wanted === got,
        difference: () => `wanted ${String(wanted)}, got ${String(got)} for ${JSON.stringify(row)}`,
      };
    }
  }
}

function rowValues(kind: string, row: Row): readonly Compared[] {
  switch (kind) {
    case 'names':
      return nameValues(row);
    case 'probability':
      return [['text', row.text, probabilityText(Number(row.n))]];
    case 'service-cidrs':
      return cidrValues(row);
    default:
      return [];
  }
}

const inputFields = new Set(['namespace', 'name', 'protocol', 'portName', 'input', 'note', 'case']);
const endpointFields = new Set(['endpoint', 'endpointIP', 'ip', 'address', 'endpointPort', 'port']);

/** A row describes a service port, perhaps an endpoint, or a plain text; its other fields are names made from that. */
function nameValues(row: Row): readonly Compared[] {
  const compared: Compared[] = [];
  for (const [field, wanted] of Object.entries(row)) {
    if (inputFields.has(field) || endpointFields.has(field)) continue;
    const got = computedName(row, field);
    const isHash = typeof wanted === 'string' && /^[A-Z2-7]{8}$/.test(wanted);
    compared.push([kebab(field), withoutPrefix(wanted), isHash ? got.slice(0, 8) : got]);
  }
  return compared;
}

function computedName(row: Row, field: string): string {
  const text = (name: string): string => String(row[name] ?? '');
  if (row.input !== undefined) return hashedNftName(text('input'));
  const [namespace, name, portName] = [text('namespace'), text('name'), text('portName')];
  const protocol = text('protocol').toLowerCase();
  const [address, port] = endpointOf(row);
  const isNft = /^(?:nft|base|chain)/i.test(field);
  const title = `${namespace}/${name}${portName === '' ? '' : `:${portName}`}`;
  if (address === '') {
    return isNft
      ? nftServiceName(namespace, name, protocol, portName)
      : servicePortHash(title, protocol);
  }
  const endpoint = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return isNft
    ? nftEndpointName(namespace, name, protocol, portName, address, port)
    : withoutPrefix(endpointChainName(title, protocol, endpoint));
}

function endpointOf(row: Row): readonly [string, number] {
  const [, joined, joinedPort] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(String(row.endpoint ?? '')) ?? [];
  const address = joined ?? row.endpointIP ?? row.ip ?? row.address ?? row.endpoint ?? '';
  return [String(address), Number(joinedPort ?? row.endpointPort ?? row.port ?? 0)];
}

function withoutPrefix(name: unknown): string {
  return String(name).replace(
    /^(?:service-|local-|external-|firewall-|endpoint-|affinity-|KUBE-(?:SVC|SVL|EXT|FW|SEP)-)/,
    '',
  );
}

function kebab(field: string): string {
  return field.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** The list of CIDRs, and the text of each family as a field of its own or with the family beside it. */
function cidrValues(row: Row): readonly Compared[] {
  const lists = Object.values(row).filter((value) => Array.isArray(value));
  const cidrs = (lists[0] ?? []).map(String);
  const family = row.ipFamily === 'IPv6' ? 'ip6' : 'ip';
  const compared: Compared[] = [];
  for (const [field, value] of Object.entries(row)) {
    const wanted = Array.isArray(value) && value !== lists[0] ? value.join(',') : value;
    if (typeof wanted !== 'string' || (wanted !== '' && !wanted.includes('/'))) continue;
    const own = /(?:ipv?|v)6/i.test(field) ? 'ip6' : /(?:ipv?|v)4/i.test(field) ? 'ip' : family;
    compared.push(['text', wanted, serviceCidrsText(cidrs, own)]);
  }
  return compared;
}
