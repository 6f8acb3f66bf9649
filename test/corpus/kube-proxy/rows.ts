/** Checks of single functions: chain names, probabilities, service CIDRs. */

import {
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

export function* rowOutcomes(test: CorpusCase): Generator<CaseOutcome> {
  const rows = test.expect.rows ?? [];
  for (const [index, row] of rows.entries()) {
    for (const [check, wanted, got] of rowValues(test.kind, row)) {
      yield {
        check: `${test.kind}:${check}`,
        id: `${test.id}#${index}`,
        pass: wanted === got,
        difference: () => `wanted ${String(wanted)}, got ${String(got)} for ${JSON.stringify(row)}`,
      };
    }
  }
}

type Compared = readonly [check: string, wanted: unknown, got: unknown];

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

/** A row names a service port, perhaps an endpoint, and the names made from them; or a plain text and its name. */
function nameValues(row: Row): readonly Compared[] {
  const text = (field: string): string => String(row[field] ?? '');
  const title = `${text('namespace')}/${text('name')}`;
  const portName = text('portName');
  const protocol = text('protocol').toLowerCase();
  const compared: Compared[] = [];
  for (const [field, wanted] of Object.entries(row)) {
    if (field === 'iptablesServiceHash') {
      const name = portName === '' ? title : `${title}:${portName}`;
      compared.push(['iptables-service-hash', wanted, servicePortHash(name, protocol)]);
    } else if (/^nft.*endpoint/i.test(field)) {
      const [, address = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text('endpoint')) ?? [];
      const ip = address || text('ip') || text('address');
      const number = Number(port || text('port'));
      const got = nftEndpointName(text('namespace'), text('name'), protocol, portName, ip, number);
      compared.push(['nft-endpoint-name', withoutPrefix(wanted), got]);
    } else if (/^nft/i.test(field)) {
      const got = nftServiceName(text('namespace'), text('name'), protocol, portName);
      compared.push(['nft-service-name', withoutPrefix(wanted), got]);
    } else if (field === 'output' || field === 'hashed') {
      compared.push(['hashed-name', wanted, hashedNftName(text('input') || text('text'))]);
    }
  }
  return compared;
}

function withoutPrefix(name: unknown): string {
  return String(name).replace(/^(?:service|local|external|firewall|endpoint|affinity)-/, '');
}

function cidrValues(row: Row): readonly Compared[] {
  const cidrs = Object.values(row).find((value) => Array.isArray(value));
  const family = row.ipFamily === 'IPv6' ? 'ip6' : 'ip';
  const wanted = row.text ?? row.expected ?? row.expect ?? row.result;
  const got = serviceCidrsText(Array.isArray(cidrs) ? cidrs.map(String) : [], family);
  return [['text', wanted, got]];
}
