/** A rule between API and Felix: one selector per side, networks masked, lower-case words (RuleAPIV2ToBackend). */

import { parseAddress, parseCidr } from '../../kubernetes/go-address.ts';
import { entitySelector } from './entity-selector.ts';
import type { CalicoPort, CalicoRule, EntityRule, IcmpFields } from './policy-objects.ts';

export interface BackendSide {
  readonly networks: readonly string[];
  readonly selector: string;
  readonly ports: readonly CalicoPort[];
  readonly notNetworks: readonly string[];
  readonly notSelector: string;
  readonly notPorts: readonly CalicoPort[];
  readonly service?: { readonly namespace: string; readonly name: string };
}

export interface BackendRule {
  readonly action: string;
  readonly version?: number;
  readonly protocol?: string | number;
  readonly notProtocol?: string | number;
  readonly icmp?: IcmpFields;
  readonly notIcmp?: IcmpFields;
  readonly source: BackendSide;
  readonly destination: BackendSide;
  readonly annotations: Readonly<Record<string, string>>;
}

/** `10.1.2.3/16` as `10.1.0.0/16`, an address as a network of one; undefined for anything else. */
export function networkText(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return cidr.text;
  const address = parseAddress(text);
  return address && `${address.text}/${address.family === 'ip' ? 32 : 128}`;
}

function networks(list: EntityRule['nets']): readonly string[] {
  return (list ?? []).flatMap((text) => networkText(text) ?? []);
}

function backendSide(entity: EntityRule, namespace: string): BackendSide {
  const { services } = entity;
  return {
    networks: networks(entity.nets),
    selector: entitySelector(entity, namespace),
    ports: entity.ports ?? [],
    notNetworks: networks(entity.notNets),
    notSelector: entity.notSelector ?? '',
    notPorts: entity.notPorts ?? [],
    ...(services ? { service: { namespace: services.namespace ?? '', name: services.name } } : {}),
  };
}

function protocolWord(protocol: string | number): string | number {
  return typeof protocol === 'string' ? protocol.toLowerCase() : protocol;
}

/** `namespace` is the policy's, `''` for a global one. */
export function backendRule(rule: CalicoRule, namespace: string): BackendRule {
  const action = rule.action === 'Pass' ? 'next-tier' : (rule.action ?? '').toLowerCase();
  return {
    action,
    ...(rule.ipVersion ? { version: rule.ipVersion } : {}),
    ...(rule.protocol ? { protocol: protocolWord(rule.protocol) } : {}),
    ...(rule.notProtocol ? { notProtocol: protocolWord(rule.notProtocol) } : {}),
    ...(rule.icmp ? { icmp: rule.icmp } : {}),
    ...(rule.notICMP ? { notIcmp: rule.notICMP } : {}),
    source: backendSide(rule.source ?? {}, namespace),
    destination: backendSide(rule.destination ?? {}, namespace),
    annotations: rule.metadata?.annotations ?? {},
  };
}
