/** The node as Felix sees it: endpoints with the policies that apply to them, and what else makes rules. */

import type { QosControls } from './chains/endpoint-recipe.ts';
import type { FelixPolicy, FelixProfile } from './chains/policies.ts';
import type { RendererConfig } from './config.ts';
import type { IpVersion } from './rules/match.ts';

/** A tier of one endpoint, with the keys of the policies that select it, in order. */
export interface ModelTier {
  readonly name: string;
  readonly defaultAction: string;
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
}

export interface Workload {
  readonly interface: string;
  readonly adminUp: boolean;
  readonly profiles: readonly string[];
  readonly tiers: readonly ModelTier[];
  readonly qos?: QosControls;
  readonly allowedSources: readonly string[];
  /** What the endpoint is called by users, `namespace/pod`, where it is known. */
  readonly title?: string;
}

export interface HostEndpoint {
  /** `*` is the endpoint for all interfaces. */
  readonly interface: string;
  readonly profiles: readonly string[];
  readonly tiers: readonly ModelTier[];
  readonly forwardTiers: readonly ModelTier[];
  readonly untrackedTiers: readonly ModelTier[];
  readonly preDnatTiers: readonly ModelTier[];
}

/** A set of addresses that rules refer to; members are unknown when undefined. */
export interface FelixIpSet {
  readonly id: string;
  readonly kind: 'net' | 'address' | 'address-port';
  readonly members?: readonly string[];
  /** What it holds: a normalised selector, a named port, a service. */
  readonly description: string;
}

export interface FelixModel {
  readonly version: IpVersion;
  readonly config: RendererConfig;
  readonly insertMode: 'insert' | 'append';
  readonly workloads: readonly Workload[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly policies: readonly FelixPolicy[];
  readonly profiles: readonly FelixProfile[];
  readonly natOutgoingActive: boolean;
  /** Floating IPs: external to internal address, and back. */
  readonly dnats: ReadonlyMap<string, string>;
  readonly snats: ReadonlyMap<string, string>;
  /** Service networks that are advertised and must not loop. */
  readonly blockedNetworks: readonly string[];
  readonly ipSets: readonly FelixIpSet[];
}
