/** What every chain builder needs: the settings and the IP version. */

import type { RendererConfig } from '../config.ts';
import type { EndpointChainPrefix } from '../names.ts';
import { endpointChainName, ipSetName } from '../names.ts';
import { type Action, accept, drop, reject, returnAction } from '../rules/action.ts';
import type { IpVersion } from '../rules/match.ts';

export interface ChainContext {
  readonly config: RendererConfig;
  readonly version: IpVersion;
}

export function denyAction({ config }: ChainContext): Action {
  return config.filterDenyAction === 'REJECT' ? reject : drop;
}

export function allowAction(word: 'ACCEPT' | 'RETURN'): Action {
  return word === 'RETURN' ? returnAction : accept;
}

export function filterAllow({ config }: ChainContext): Action {
  return allowAction(config.filterAllowAction);
}

export function mangleAllow({ config }: ChainContext): Action {
  return allowAction(config.mangleAllowAction);
}

export function setName({ version }: ChainContext, id: string): string {
  return ipSetName(id, version);
}

export function endpointChain(
  { config }: ChainContext,
  prefix: EndpointChainPrefix,
  interfaceName: string,
): string {
  return endpointChainName(prefix, interfaceName, config.dataplane);
}

/** A netlink log of the first 80 bytes to the group of the direction. */
export function flowLog({ config }: ChainContext, group: number, prefix: string): Action {
  const range = config.nflogSize ? {} : { range: true };
  return { kind: 'nflog', group, prefix, snapLength: 80, ...range };
}
