/** FelixConfiguration objects as renderer settings: the default one, then the node's own. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { RendererConfig } from '../config.ts';
import { type ConfigFields, configFromFields, withMarkMask } from '../config-fields.ts';
import { parseMark } from '../hex.ts';
import type { Dataplane } from '../names.ts';
import { isList, textOf } from '../plain-data.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Fields of later objects win. */
export function mergedSettings(
  configurations: readonly {
    readonly metadata: { readonly name: string };
    readonly spec?: Settings | null | undefined;
  }[],
  node: string,
): Settings {
  const specOf = (name: string): Settings =>
    configurations.find(({ metadata }) => metadata.name === name)?.spec ?? {};
  return { ...specOf('default'), ...specOf(`node.${node}`) };
}

/** The dataplane that nftablesMode selects. */
export function configuredDataplane(settings: Settings): Dataplane {
  return textOf(settings.nftablesMode) === 'Enabled' ? 'nftables' : 'iptables';
}

/** API fields that have the renderer's meaning under another name; `P` is the dataplane's prefix. */
const fieldNames: Readonly<Record<string, string>> = {
  PFilterAllowAction: 'FilterAllowAction',
  PMangleAllowAction: 'MangleAllowAction',
  PFilterDenyAction: 'FilterDenyAction',
  interfacePrefix: 'WorkloadIfacePrefixes',
  defaultEndpointToHostAction: 'EndpointToHostAction',
  logPrefix: 'LogPrefix',
  failsafeInboundHostPorts: 'FailsafeInboundHostPorts',
  failsafeOutboundHostPorts: 'FailsafeOutboundHostPorts',
  disableConntrackInvalidCheck: 'DisableConntrackInvalid',
  allowVXLANPacketsFromWorkloads: 'AllowVXLANPacketsFromWorkloads',
  allowIPIPPacketsFromWorkloads: 'AllowIPIPPacketsFromWorkloads',
  vxlanPort: 'VXLANPort',
  wireguardEnabled: 'WireguardEnabled',
  wireguardEnabledV6: 'WireguardEnabledV6',
  wireguardInterfaceName: 'WireguardInterfaceName',
  wireguardInterfaceNameV6: 'WireguardInterfaceNameV6',
  wireguardListeningPort: 'WireguardListeningPort',
  wireguardListeningPortV6: 'WireguardListeningPortV6',
  wireguardHostEncryptionEnabled: 'WireguardEncryptHostTraffic',
  natPortRange: 'NATPortRange',
  natOutgoingAddress: 'NATOutgoingAddress',
  iptablesNATOutgoingInterfaceFilter: 'IptablesNATOutgoingInterfaceFilter',
  serviceLoopPrevention: 'ServiceLoopPrevention',
  metadataPort: 'OpenStackMetadataPort',
};

const actionWords: Readonly<Record<string, string>> = {
  Accept: 'ACCEPT',
  Return: 'RETURN',
  Drop: 'DROP',
  Reject: 'REJECT',
};

function fieldValue(value: unknown): unknown {
  const text = textOf(value);
  return actionWords[text] ?? value;
}

function rendererFields(settings: Settings, dataplane: Dataplane): ConfigFields {
  const fields: Record<string, unknown> = {};
  for (const [apiName, rendererName] of Object.entries(fieldNames)) {
    const name = apiName.replace(/^P/, dataplane);
    const value = settings[name];
    if (value !== undefined && value !== null) {
      const keepsCase = rendererName === 'ServiceLoopPrevention' || rendererName === 'LogPrefix';
      fields[rendererName] = keepsCase ? value : fieldValue(value);
    }
  }
  const goldmane = textOf(settings.flowLogsGoldmaneServer) !== '';
  const local = textOf(settings.flowLogsLocalReporter) === 'Enabled';
  fields.FlowLogsEnabled = goldmane || local;
  if (isList(settings.kubeNodePortRanges)) fields.KubeNodePortRanges = settings.kubeNodePortRanges;
  return fields;
}

function settingError(message: string): Diagnostic {
  return { code: 'calico-setting', span: generatedSpan, message };
}

/** Settings of the renderer; tunnels and addresses are filled in from pools and nodes. */
export function rendererConfig(
  base: RendererConfig,
  settings: Settings,
  dataplane: Dataplane,
  diagnostics: Diagnostic[],
): RendererConfig {
  const given = {
    ...configFromFields(base, rendererFields(settings, dataplane)),
    dataplane,
  };
  const name = dataplane === 'iptables' ? 'iptablesMarkMask' : 'nftablesMarkMask';
  const written = settings[name];
  const mask = written === undefined || written === null ? undefined : parseMark(textOf(written));
  const masked = withMarkMask(given, mask);
  if (masked === undefined) diagnostics.push(settingError(`${name} has too few bits`));
  return masked ?? given;
}

export function insertMode(settings: Settings): 'insert' | 'append' {
  return textOf(settings.chainInsertMode).toLowerCase() === 'append' ? 'append' : 'insert';
}

/** `externalNodesList`: networks whose tunnel packets are accepted too. */
export function externalNodes(settings: Settings): readonly string[] {
  return isList(settings.externalNodesList) ? settings.externalNodesList.map(textOf) : [];
}
