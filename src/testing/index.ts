/** `nft-sim/testing`: property-based tests of rules. */

export type { PacketFields } from '../scenario/rows/packet-rows.ts';
export { guidedPackets, uniformPackets } from './arbitraries/packets.ts';
export { clusterJson } from './arbitraries/policy-cluster-objects.ts';
export { type PolicyCluster, policyClusters } from './arbitraries/policy-clusters.ts';
export { type ServiceCluster, serviceClusters } from './arbitraries/service-clusters.ts';
export {
  addressesInside,
  addressesOutside,
  flows,
  hosts,
  iptablesRulesets,
  nftRulesets,
} from './arbitraries/values.ts';
export { counterexample, packetYaml, type ScenarioStep, scenarioText } from './counterexample.ts';
export {
  type CheckPropertiesOptions,
  checkProperties,
  type PropertyFinding,
  type PropertyReport,
} from './invariants/check-properties.ts';
export { type PropertyOptions, propertyRows } from './invariants/properties.ts';
export type { UnreachedRule } from './invariants/unreached-rules.ts';
export {
  type MatcherResult,
  matchers,
  toAccept,
  toBeEquivalentTo,
  toDnatTo,
  toDrop,
  toHitRule,
  toMasquerade,
  toReject,
} from './matchers.ts';
export {
  type EquivalenceReason,
  equivalenceReasons,
  equivalenceTest,
  whyEquivalent,
} from './mutations/equivalence.ts';
export {
  type Mutation,
  type MutationKind,
  mutations,
  pickMutations,
} from './mutations/mutations.ts';
export { type Observation, observation, observe, playPacket } from './observe.ts';
export { plainHostFacts, type TestRuleset, testHost, testRuleset } from './ruleset.ts';
export type { RulesetPlace } from './ruleset-place.ts';
