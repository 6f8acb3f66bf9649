/** The settings that decide which rules are rendered, resolved; names of Felix's parameters in comments. */

import { allocateMarks, type Marks } from './marks.ts';
import type { Dataplane } from './names.ts';

export type AllowAction = 'ACCEPT' | 'RETURN';
export type DenyAction = 'DROP' | 'REJECT';

/** A port that stays open on host endpoints, optionally for one network only. */
export interface FailsafePort {
  readonly protocol: string;
  readonly port: number;
  readonly network?: string;
}

export interface RendererConfig {
  readonly dataplane: Dataplane;
  readonly marks: Marks;
  /** InterfacePrefix, split at the commas. */
  readonly workloadInterfacePrefixes: readonly string[];
  readonly filterAllowAction: AllowAction;
  readonly mangleAllowAction: AllowAction;
  readonly filterDenyAction: DenyAction;
  /** DefaultEndpointToHostAction. */
  readonly endpointToHostAction: 'ACCEPT' | 'DROP' | 'REJECT' | 'RETURN';
  readonly logPrefix: string;
  readonly flowLogs: boolean;
  readonly failsafeInbound: readonly FailsafePort[];
  readonly failsafeOutbound: readonly FailsafePort[];
  readonly disableConntrackInvalid: boolean;
  readonly allowVxlanFromWorkloads: boolean;
  readonly allowIpipFromWorkloads: boolean;
  readonly vxlanPort: number;
  readonly ipip: boolean;
  readonly vxlan: boolean;
  readonly vxlanV6: boolean;
  /** Only whether the tunnel's address is known matters. */
  readonly ipipAddressKnown: boolean;
  readonly vxlanAddressKnown: boolean;
  readonly vxlanV6AddressKnown: boolean;
  readonly wireguard: boolean;
  readonly wireguardV6: boolean;
  readonly wireguardInterface: string;
  readonly wireguardV6Interface: string;
  readonly wireguardPort: number;
  readonly wireguardV6Port: number;
  readonly wireguardHostEncryption: boolean;
  /** `lo-hi`. */
  readonly natPorts?: string;
  readonly natOutgoingAddress?: string;
  readonly natOutgoingInterface?: string;
  readonly serviceLoopPrevention: 'Drop' | 'Reject' | 'Disabled';
  readonly ipvs: boolean;
  readonly nodePorts: readonly { readonly first: number; readonly last: number }[];
  readonly openstack: boolean;
  readonly metadataAddress?: string;
  readonly metadataPort: number;
  /** Interfaces on which eBPF mode must track packets; used by its raw chains only. */
  readonly bpfForceTrackInterfaces: readonly string[];
  /** Is NFLOG given `--nflog-size` (kernel 4.8 and later)? */
  readonly nflogSize: boolean;
  readonly masqueradeFullyRandom: boolean;
  readonly snatFullyRandom: boolean;
}

function failsafe(entries: string): readonly FailsafePort[] {
  return entries.split(' ').map((entry) => {
    const [protocol = '', port] = entry.split(':');
    return { protocol, port: Number(port) };
  });
}

const failsafeInbound = failsafe(
  'tcp:22 udp:68 tcp:179 tcp:2379 tcp:2380 tcp:5473 tcp:6443 tcp:6666 tcp:6667',
);
const failsafeOutbound = failsafe(
  'udp:53 udp:67 tcp:179 tcp:2379 tcp:2380 tcp:5473 tcp:6443 tcp:6666 tcp:6667',
);

export const defaultMarkMask = 0xffff0000;

const noMarks: Marks = {
  accept: 0,
  pass: 0,
  drop: 0,
  scratch0: 0,
  scratch1: 0,
  wireguard: 0,
  endpoint: 0,
  nonCalicoEndpoint: 0,
};

/** Felix 3.30's defaults. */
export const defaultConfig: RendererConfig = {
  dataplane: 'iptables',
  marks: allocateMarks(defaultMarkMask, false) ?? noMarks,
  workloadInterfacePrefixes: ['cali'],
  filterAllowAction: 'ACCEPT',
  mangleAllowAction: 'ACCEPT',
  filterDenyAction: 'DROP',
  endpointToHostAction: 'DROP',
  logPrefix: 'calico-packet',
  flowLogs: false,
  failsafeInbound,
  failsafeOutbound,
  disableConntrackInvalid: false,
  allowVxlanFromWorkloads: false,
  allowIpipFromWorkloads: false,
  vxlanPort: 4789,
  ipip: false,
  vxlan: false,
  vxlanV6: false,
  ipipAddressKnown: false,
  vxlanAddressKnown: false,
  vxlanV6AddressKnown: false,
  wireguard: false,
  wireguardV6: false,
  wireguardInterface: 'wireguard.cali',
  wireguardV6Interface: 'wg-v6.cali',
  wireguardPort: 51820,
  wireguardV6Port: 51821,
  wireguardHostEncryption: false,
  serviceLoopPrevention: 'Drop',
  ipvs: false,
  nodePorts: [{ first: 30000, last: 32767 }],
  openstack: false,
  metadataPort: 8775,
  bpfForceTrackInterfaces: [],
  nflogSize: true,
  masqueradeFullyRandom: true,
  snatFullyRandom: true,
};

/** Every field of the renderer zero, which is not Felix's default. */
export const zeroConfig: RendererConfig = {
  ...defaultConfig,
  marks: noMarks,
  workloadInterfacePrefixes: [],
  endpointToHostAction: 'RETURN',
  failsafeInbound: [],
  failsafeOutbound: [],
  vxlanPort: 0,
  wireguardInterface: '',
  wireguardV6Interface: '',
  wireguardPort: 0,
  wireguardV6Port: 0,
  serviceLoopPrevention: 'Disabled',
  nodePorts: [],
  metadataPort: 0,
};

/** The word for the deny action in comments. */
export function denyWord(config: RendererConfig): string {
  return config.filterDenyAction === 'REJECT' ? 'Reject' : 'Drop';
}
