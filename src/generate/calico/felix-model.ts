/** Reads a Felix-level model as plain data (field names of Felix's protobuf), as YAML or JSON give it. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { generatedSpan } from '../../base/span.ts';
import type { QosControls } from './chains/endpoint-recipe.ts';
import type { FelixPolicy, FelixProfile } from './chains/policies.ts';
import { defaultConfig } from './config.ts';
import { type ConfigFields, configFromFields, withMarkMask } from './config-fields.ts';
import { readRules } from './felix-rule.ts';
import { parseMark } from './hex.ts';
import type { FelixModel, HostEndpoint, ModelTier, Workload } from './model.ts';
import type { Dataplane } from './names.ts';
import { isList, isRecord, textOf, textsOf } from './plain-data.ts';

type Fields = Readonly<Record<string, unknown>>;

function records(value: unknown): readonly Fields[] {
  return isList(value) ? value.filter(isRecord) : [];
}

function readTier(tier: Fields): ModelTier {
  return {
    name: textOf(tier.name),
    defaultAction: textOf(tier.default_action),
    ingress: textsOf(tier.ingress),
    egress: textsOf(tier.egress),
  };
}

function readTiers(value: unknown): readonly ModelTier[] {
  return records(value).map(readTier);
}

/** Limits of a workload; a rate needs its burst, which is 0 when it is not given. */
export function readQos(value: unknown): QosControls | undefined {
  if (!isRecord(value)) return undefined;
  const rate = (side: string): { rate: number; burst: number } | undefined => {
    const packets = Number(value[`${side}_packet_rate`] ?? 0);
    if (packets === 0) return undefined;
    return { rate: packets, burst: Number(value[`${side}_packet_burst`] ?? 0) };
  };
  const count = (side: string): number => Number(value[`${side}_max_connections`] ?? 0);
  const [ingress, egress] = [rate('ingress'), rate('egress')];
  return {
    ...(ingress === undefined ? {} : { ingressPackets: ingress }),
    ...(egress === undefined ? {} : { egressPackets: egress }),
    ...(count('ingress') === 0 ? {} : { ingressConnections: count('ingress') }),
    ...(count('egress') === 0 ? {} : { egressConnections: count('egress') }),
  };
}

function readWorkload(workload: Fields): Workload {
  const qos = readQos(workload.qos);
  const [namespace, pod] = [textOf(workload.namespace), textOf(workload.pod)];
  return {
    interface: textOf(workload.interface),
    adminUp: workload.admin_up !== false,
    profiles: textsOf(workload.profiles),
    tiers: readTiers(workload.tiers),
    allowedSources: textsOf(workload.allow_spoofed_source_prefixes),
    ...(qos === undefined ? {} : { qos }),
    ...(pod === '' ? {} : { title: `${namespace}/${pod}` }),
  };
}

function readHostEndpoint(endpoint: Fields): HostEndpoint {
  return {
    interface: textOf(endpoint.interface),
    profiles: textsOf(endpoint.profiles),
    tiers: readTiers(endpoint.tiers),
    forwardTiers: readTiers(endpoint.forward_tiers),
    untrackedTiers: readTiers(endpoint.untracked_tiers),
    preDnatTiers: readTiers(endpoint.pre_dnat_tiers),
  };
}

function rulesByDirection(fields: Fields): FelixPolicy['rules'] {
  return {
    ingress: readRules(fields.inbound ?? fields.inbound_rules),
    egress: readRules(fields.outbound ?? fields.outbound_rules),
  };
}

export function readPolicy(policy: Fields): FelixPolicy {
  return {
    tier: textOf(policy.tier),
    name: textOf(policy.name),
    selector: textOf(policy.selector),
    untracked: policy.untracked === true,
    rules: rulesByDirection(policy),
  };
}

export function readProfile(profile: Fields): FelixProfile {
  return { name: textOf(profile.name), rules: rulesByDirection(profile) };
}

function readMapping(value: unknown): ReadonlyMap<string, string> {
  if (!isRecord(value)) return new Map();
  return new Map(Object.entries(value).map(([from, to]) => [from, textOf(to)]));
}

function settingError(message: string): Diagnostic {
  return { code: 'calico-setting', span: generatedSpan, message };
}

export interface ModelOverrides {
  readonly dataplane?: Dataplane;
  readonly version?: 4 | 6;
}

/** Settings that are not given have Felix's defaults. */
export function readFelixModel(fields: Fields, overrides: ModelOverrides = {}): Result<FelixModel> {
  const diagnostics: Diagnostic[] = [];
  const settings: ConfigFields = isRecord(fields.config) ? fields.config : {};
  const given = configFromFields(defaultConfig, settings);
  const written = fields.dataplane === 'nftables' ? 'nftables' : 'iptables';
  const dataplane = overrides.dataplane ?? written;
  const mask = fields.mark_mask === undefined ? undefined : parseMark(textOf(fields.mark_mask));
  const masked = withMarkMask(given, mask);
  if (masked === undefined) diagnostics.push(settingError('the mark mask has too few bits'));
  const ipvs = fields.ipvs === true || given.ipvs;
  const config = { ...(masked ?? given), dataplane, ipvs: ipvs && dataplane === 'iptables' };
  const model: FelixModel = {
    version: overrides.version ?? (Number(fields.ip_version ?? 4) === 6 ? 6 : 4),
    config,
    insertMode: textOf(fields.insert_mode).toLowerCase() === 'append' ? 'append' : 'insert',
    workloads: records(fields.workloads).map(readWorkload),
    hostEndpoints: records(fields.host_endpoints).map(readHostEndpoint),
    policies: records(fields.policies).map(readPolicy),
    profiles: records(fields.profiles).map(readProfile),
    natOutgoingActive: fields.nat_outgoing_active === true,
    dnats: readMapping(fields.dnats),
    snats: readMapping(fields.snats),
    blockedNetworks: textsOf(fields.blocked_cidrs),
    ipSets: [],
  };
  return { value: model, diagnostics };
}
