/** Members of IP sets: what selectors, named ports and services mean in addresses. */

import { networkVersion } from '../chains/rule-version.ts';
import type { FelixIpSet } from '../model.ts';
import type { IpVersion } from '../rules/match.ts';
import { selects } from '../selectors/selector.ts';
import type { LabelledEndpoint } from './endpoints.ts';
import type { IpSetContent, IpSetDefinition } from './felix-rules.ts';

/** Addresses and ports behind a service. */
export interface ServiceMember {
  readonly address: string;
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

export interface MemberSources {
  readonly endpoints: readonly LabelledEndpoint[];
  /** By `namespace/name`. */
  readonly services: ReadonlyMap<string, readonly ServiceMember[]>;
}

/** `10.0.0.1/32` as ipset prints it. */
export function memberText(network: string): string {
  const [address = '', length] = network.split('/');
  const full = address.includes(':') ? '128' : '32';
  return length === full ? address : network;
}

function members(
  content: IpSetContent,
  { endpoints, services }: MemberSources,
  version: IpVersion,
): readonly string[] {
  const ofVersion = (networks: readonly string[]): readonly string[] =>
    networks.filter((network) => networkVersion(network) === version).map(memberText);
  if (content.kind === 'service') {
    const found = services.get(`${content.namespace}/${content.name}`) ?? [];
    return found
      .filter(({ address }) => networkVersion(address) === version)
      .flatMap(({ address, ports }) =>
        content.withPorts
          ? ports.map(({ protocol, port }) => `${address},${protocol}:${port}`)
          : [address],
      );
  }
  const selected = endpoints.filter(({ labels }) => selects(content.selector, labels));
  if (content.kind === 'selector') return selected.flatMap(({ networks }) => ofVersion(networks));
  return selected.flatMap(({ networks, ports }) =>
    ports
      .filter(({ name, protocol }) => name === content.port && protocol === content.protocol)
      .flatMap(({ protocol, port }) =>
        ofVersion(networks).map((address) => `${address},${protocol}:${port}`),
      ),
  );
}

function description(content: IpSetContent): string {
  switch (content.kind) {
    case 'selector':
      return content.text;
    case 'named-port':
      return `${content.protocol} port ${content.port} of ${content.text}`;
    case 'service':
      return `service ${content.namespace}/${content.name}`;
  }
}

function setKind(content: IpSetContent): FelixIpSet['kind'] {
  const withPorts = content.kind === 'service' ? content.withPorts : content.kind === 'named-port';
  return withPorts ? 'address-port' : 'net';
}

export function filledSet(
  { id, content }: IpSetDefinition,
  sources: MemberSources,
  version: IpVersion,
): FelixIpSet {
  return {
    id,
    kind: setKind(content),
    members: [...new Set(members(content, sources, version))].sort(),
    description: description(content),
  };
}
