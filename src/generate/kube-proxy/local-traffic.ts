/** The match for traffic of local pods in both spellings, from the detect-local mode. */

import { type AddressFamily, parseCidr } from '../kubernetes/go-address.ts';
import type { DetectLocal, KubeProxySettings } from './settings.ts';

export interface LocalTraffic {
  readonly iptables: { readonly isLocal: string; readonly notLocal: string };
  readonly nft: { readonly isLocal: string; readonly notLocal: string };
}

/** Undefined when the node has no detector for the family. */
export function localTrafficOf(settings: KubeProxySettings): LocalTraffic | undefined {
  const { detectLocal, family, features } = settings;
  if (detectLocal === undefined) return undefined;
  switch (detectLocal.mode) {
    case 'ClusterCIDR':
    case 'NodeCIDR':
      return fromCidr(detectLocal.cidrs, family);
    case 'BridgeInterface':
      return fromInterface(detectLocal.name, detectLocal.name, features.interfaceKeyword);
    case 'InterfaceNamePrefix':
      return fromInterface(
        `${detectLocal.prefix}+`,
        `${detectLocal.prefix}*`,
        features.interfaceKeyword,
      );
  }
}

/** True when a detector is configured but says nothing about this family. */
export function lacksFamily(detectLocal: DetectLocal, family: AddressFamily): boolean {
  return 'cidrs' in detectLocal && fromCidr(detectLocal.cidrs, family) === undefined;
}

function fromCidr(cidrs: readonly string[], family: AddressFamily): LocalTraffic | undefined {
  const cidr = cidrs.map(parseCidr).find((candidate) => candidate?.family === family);
  if (cidr === undefined) return undefined;
  return {
    iptables: { isLocal: `-s ${cidr.text}`, notLocal: `! -s ${cidr.text}` },
    nft: { isLocal: `${family} saddr ${cidr.text}`, notLocal: `${family} saddr != ${cidr.text}` },
  };
}

function fromInterface(iptablesName: string, nftName: string, keyword: string): LocalTraffic {
  return {
    iptables: { isLocal: `-i ${iptablesName}`, notLocal: `! -i ${iptablesName}` },
    nft: { isLocal: `${keyword} ${nftName}`, notLocal: `${keyword} != ${nftName}` },
  };
}
