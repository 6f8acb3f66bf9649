/** The properties that most rulesets should have, by name; each is sampled over guided packets and says so. */

import { rulesetsAgree } from './agreement.ts';
import { equalEndpointShares, establishedSurvive, repliesUndoNat } from './connections.ts';
import type { PacketProperty } from './property.ts';
import { noManagementFromOutside, noSpoofedSource } from './sources.ts';

export type { PropertyOptions } from './property.ts';

export const packetProperties: readonly PacketProperty[] = [
  noSpoofedSource,
  noManagementFromOutside,
  establishedSurvive,
  equalEndpointShares,
  repliesUndoNat,
  rulesetsAgree,
];

/** About the rules rather than about a packet: it looks at the whole sample. */
export const noUnreachableRule = {
  name: 'no-unreachable-rule',
  explain: 'Every rule matches some packet of the sample.',
  options: [],
} as const;

/** Every property: its name, what it says, the options that it takes. */
export const propertyRows: readonly Pick<PacketProperty, 'name' | 'explain' | 'options'>[] = [
  ...packetProperties.map(({ name, explain, options }) => ({ name, explain, options })),
  noUnreachableRule,
];
