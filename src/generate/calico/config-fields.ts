/** Reads renderer settings under Felix's own field names, as Felix-level models write them. */

import { defaultMarkMask, type FailsafePort, type RendererConfig } from './config.ts';
import { parseMark } from './hex.ts';
import { allocateMarks, type Marks } from './marks.ts';

export type ConfigFields = Readonly<Record<string, unknown>>;

type Reader = (value: unknown) => Partial<RendererConfig>;

function asText(value: unknown): string {
  return typeof value === 'string' ? value : String(value ?? '');
}

/** `''` stays the field's default. */
function text<Field extends keyof RendererConfig>(
  read: (value: string) => Pick<RendererConfig, Field>,
): Reader {
  return (value) => (asText(value) === '' ? {} : read(asText(value)));
}

function flag(read: (value: boolean) => Partial<RendererConfig>): Reader {
  return (value) => read(value === true || value === 'true');
}

function number(read: (value: number) => Partial<RendererConfig>): Reader {
  return (value) => read(Number(value));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(asText) : asText(value).split(',');
}

function failsafePorts(value: unknown): readonly FailsafePort[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { protocol, port, net }: ConfigFields = { ...entry };
    const network = asText(net);
    return [
      {
        protocol: asText(protocol).toLowerCase(),
        port: Number(port),
        ...(network === '' ? {} : { network }),
      },
    ];
  });
}

function portRange(value: string): { readonly first: number; readonly last: number } {
  const [first = '0', last = first] = value.split(/[:-]/);
  return { first: Number(first), last: Number(last) };
}

const allow = (value: string): 'ACCEPT' | 'RETURN' =>
  value.toUpperCase() === 'RETURN' ? 'RETURN' : 'ACCEPT';
const deny = (value: string): 'DROP' | 'REJECT' =>
  value.toUpperCase() === 'REJECT' ? 'REJECT' : 'DROP';

function toHost(value: string): RendererConfig['endpointToHostAction'] {
  const upper = value.toUpperCase();
  return upper === 'ACCEPT' || upper === 'REJECT' || upper === 'RETURN' ? upper : 'DROP';
}

function loopPrevention(value: string): RendererConfig['serviceLoopPrevention'] {
  return value === 'Reject' || value === 'Disabled' ? value : 'Drop';
}

const readers: Readonly<Record<string, Reader>> = {
  WorkloadIfacePrefixes: (value) => ({ workloadInterfacePrefixes: strings(value) }),
  FilterAllowAction: text((value) => ({ filterAllowAction: allow(value) })),
  MangleAllowAction: text((value) => ({ mangleAllowAction: allow(value) })),
  FilterDenyAction: text((value) => ({ filterDenyAction: deny(value) })),
  EndpointToHostAction: text((value) => ({ endpointToHostAction: toHost(value) })),
  LogPrefix: text((value) => ({ logPrefix: value })),
  FlowLogsEnabled: flag((value) => ({ flowLogs: value })),
  FailsafeInboundHostPorts: (value) => ({ failsafeInbound: failsafePorts(value) }),
  FailsafeOutboundHostPorts: (value) => ({ failsafeOutbound: failsafePorts(value) }),
  DisableConntrackInvalid: flag((value) => ({ disableConntrackInvalid: value })),
  AllowVXLANPacketsFromWorkloads: flag((value) => ({ allowVxlanFromWorkloads: value })),
  AllowIPIPPacketsFromWorkloads: flag((value) => ({ allowIpipFromWorkloads: value })),
  VXLANPort: number((value) => ({ vxlanPort: value })),
  IPIPEnabled: flag((value) => ({ ipip: value })),
  VXLANEnabled: flag((value) => ({ vxlan: value })),
  VXLANEnabledV6: flag((value) => ({ vxlanV6: value })),
  IPIPTunnelAddress: text(() => ({ ipipAddressKnown: true })),
  VXLANTunnelAddress: text(() => ({ vxlanAddressKnown: true })),
  VXLANTunnelAddressV6: text(() => ({ vxlanV6AddressKnown: true })),
  WireguardEnabled: flag((value) => ({ wireguard: value })),
  WireguardEnabledV6: flag((value) => ({ wireguardV6: value })),
  WireguardInterfaceName: text((value) => ({ wireguardInterface: value })),
  WireguardInterfaceNameV6: text((value) => ({ wireguardV6Interface: value })),
  WireguardListeningPort: number((value) => ({ wireguardPort: value })),
  WireguardListeningPortV6: number((value) => ({ wireguardV6Port: value })),
  WireguardEncryptHostTraffic: flag((value) => ({ wireguardHostEncryption: value })),
  NATPortRange: text((value) => ({ natPorts: value.replace(':', '-') })),
  NATOutgoingAddress: text((value) => ({ natOutgoingAddress: value })),
  IptablesNATOutgoingInterfaceFilter: text((value) => ({ natOutgoingInterface: value })),
  ServiceLoopPrevention: text((value) => ({ serviceLoopPrevention: loopPrevention(value) })),
  KubeIPVSSupportEnabled: flag((value) => ({ ipvs: value })),
  KubeNodePortRanges: (value) => ({ nodePorts: strings(value).map(portRange) }),
  OpenStackSpecialCasesEnabled: flag((value) => ({ openstack: value })),
  OpenStackMetadataIP: text((value) => ({ metadataAddress: value })),
  OpenStackMetadataPort: number((value) => ({ metadataPort: value })),
  BPFForceTrackPacketsFromIfaces: (value) => ({ bpfForceTrackInterfaces: strings(value) }),
};

const markFields: Readonly<Record<string, keyof Marks>> = {
  MarkAccept: 'accept',
  MarkPass: 'pass',
  MarkDrop: 'drop',
  MarkScratch0: 'scratch0',
  MarkScratch1: 'scratch1',
  WireguardMark: 'wireguard',
  MarkEndpoint: 'endpoint',
  MarkNonCaliEndpoint: 'nonCalicoEndpoint',
};

function marksFromFields(base: Marks, fields: ConfigFields): Marks {
  let marks = base;
  for (const [field, bit] of Object.entries(markFields)) {
    const value = field in fields ? parseMark(asText(fields[field])) : undefined;
    if (value !== undefined) marks = { ...marks, [bit]: value };
  }
  return marks;
}

/** `base` with the fields that are given; unknown fields have no effect on rules. */
export function configFromFields(base: RendererConfig, fields: ConfigFields): RendererConfig {
  let config = base;
  for (const [field, value] of Object.entries(fields)) {
    config = { ...config, ...readers[field]?.(value) };
  }
  return { ...config, marks: marksFromFields(config.marks, fields) };
}

/** The same settings with marks allocated from a mask; undefined when it has too few bits. */
export function withMarkMask(
  config: RendererConfig,
  mask: number = defaultMarkMask,
): RendererConfig | undefined {
  const marks = allocateMarks(mask, config.wireguard || config.wireguardV6);
  return marks === undefined ? undefined : { ...config, marks };
}
