/** What a property of a ruleset is: a check of one packet, where to look for packets that break it, and how to tell. */

import type fc from 'fast-check';
import type { Span } from '../../base/span.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import type { ScenarioStep } from '../counterexample.ts';
import type { Guide } from '../guide/guide.ts';
import type { Played } from '../observe.ts';
import type { TestRuleset } from '../ruleset.ts';

export interface PropertyOptions {
  /** Interfaces to the outside; default: those that default routes leave by. */
  readonly outside?: readonly string[];
  /** Ports of the host that must not be open from outside (default 22, 179, 2379, 6443, 10250). */
  readonly managementPorts?: readonly number[];
  /** Networks of which the addresses may come in on any interface. */
  readonly anywhere?: readonly string[];
  readonly against?: TestRuleset;
}

export interface PropertyContext {
  readonly ruleset: TestRuleset;
  readonly guide: Guide;
  readonly options: PropertyOptions;
  readonly outside: readonly string[];
}

/** What is wrong with a packet, in one lower-case sentence. */
export interface Broken {
  readonly message: string;
  /** The rule behind it. */
  readonly origin?: Span;
  /** A test that fails as long as the property is broken. */
  readonly steps: readonly ScenarioStep[];
}

export interface PacketProperty {
  readonly name: string;
  /** One sentence that holds when the property does. */
  readonly explain: string;
  /** The options that it takes, by their names on the command line. */
  readonly options: readonly string[];
  /** Packets that are likelier to break it than those that only follow the rules. */
  readonly aim?: (
    packets: fc.Arbitrary<PacketFields>,
    context: PropertyContext,
  ) => fc.Arbitrary<PacketFields>;
  /** Undefined: it holds for this packet. */
  readonly check: (
    packet: PacketFields,
    played: Played,
    context: PropertyContext,
  ) => Broken | undefined;
}
