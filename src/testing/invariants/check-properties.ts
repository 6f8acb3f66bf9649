/** `check --properties`: samples guided packets and looks for one that breaks a property. */

import fc from 'fast-check';
import type { Span } from '../../base/span.ts';
import { closest } from '../../base/text.ts';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { packetsOfGuide } from '../arbitraries/packets.ts';
import { counterexample, type ScenarioStep, scenarioText } from '../counterexample.ts';
import { buildGuide } from '../guide/guide.ts';
import { playPacket } from '../observe.ts';
import { testRuleset } from '../ruleset.ts';
import type { RulesetPlace } from '../ruleset-place.ts';
import { noUnreachableRule, packetProperties, propertyRows } from './properties.ts';
import type { PacketProperty, PropertyContext, PropertyOptions } from './property.ts';
import { type UnreachedRule, unreachedRules } from './unreached-rules.ts';

export interface CheckPropertiesOptions extends PropertyOptions {
  /** Names of properties; default: all that have what they need. */
  readonly properties?: readonly string[];
  /** Packets per property (default 1000). */
  readonly runs?: number;
  readonly seed?: number;
  /** Only packets of this family. */
  readonly family?: 4 | 6;
  /** Where ruleset and host come from: named in the test files of counterexamples. */
  readonly place?: RulesetPlace;
}

export interface PropertyFinding {
  readonly property: string;
  readonly explain: string;
  /** Packets that were tried. */
  readonly runs: number;
  /** Absent: no packet of the sample broke it, which proves nothing about the others. */
  readonly broken?: {
    readonly message: string;
    /** The rule behind it. */
    readonly origin?: Span;
    /** Shrunk; absent where the property is about the rules. */
    readonly packet?: PacketFields;
    /** A test file that fails as long as the property is broken. */
    readonly scenario?: string;
    /** Message, packet, its way and the test file. */
    readonly text: string;
  };
}

export interface PropertyReport {
  readonly findings: readonly PropertyFinding[];
  /** Names that are no property, with what may have been meant. */
  readonly unknown: readonly { readonly name: string; readonly meant?: string }[];
  /** Rules that no packet of the sample matched. */
  readonly unreached: readonly UnreachedRule[];
}

const defaultRuns = 1000;

function outsideOf(host: Host, given: readonly string[] | undefined): readonly string[] {
  if (given !== undefined) return given;
  const defaults = host.routes.filter(({ destination }) => destination.prefixLength === 0);
  const devices = defaults.flatMap(({ nexthops }) =>
    nexthops.flatMap(({ device }) => device ?? []),
  );
  return [...new Set(devices)];
}

interface Sampled {
  readonly packets: fc.Arbitrary<PacketFields>;
  readonly runs: number;
  readonly seed: number;
}

function checkProperty(
  row: PacketProperty,
  context: PropertyContext,
  { packets, runs, seed }: Sampled,
): PropertyFinding {
  const { ruleset } = context;
  const wrongWith = (packet: PacketFields) => {
    const played = playPacket(ruleset, packet);
    return played && row.check(packet, played, context);
  };
  const aimed = row.aim?.(packets, context) ?? packets;
  const property = fc.property(aimed, (packet) => wrongWith(packet) === undefined);
  const details = fc.check(property, { seed, numRuns: runs });
  const finding = { property: row.name, explain: row.explain, runs: details.numRuns };
  const [packet] = details.counterexample ?? [];
  const broken = packet && wrongWith(packet);
  if (packet === undefined || broken === undefined) return finding;
  const { message, origin } = broken;
  const steps: readonly ScenarioStep[] = broken.steps;
  return {
    ...finding,
    broken: {
      message,
      packet,
      scenario: scenarioText(ruleset, steps, row.name),
      text: counterexample(ruleset, packet, steps, row.name),
      ...(origin === undefined ? {} : { origin }),
    },
  };
}

const shownRules = 20;

function unreachedFinding(unreached: readonly UnreachedRule[], runs: number): PropertyFinding {
  const { name, explain } = noUnreachableRule;
  const finding = { property: name, explain, runs };
  const [first] = unreached;
  if (first === undefined) return finding;
  const dead = unreached.filter(({ isDead }) => isDead).length;
  const message = `${unreached.length} rules are not reached; ${dead} of them no packet can match`;
  const lines = unreached.slice(0, shownRules).map(({ rule, text, isDead }) => {
    return `${isDead ? 'dead       ' : 'not reached'}  ${rule}  ${text}`;
  });
  const rest = unreached.length - shownRules;
  const text = [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
  return { ...finding, broken: { message, text, origin: first.origin } };
}

function unknownNames(names: readonly string[]): PropertyReport['unknown'] {
  const known = propertyRows.map(({ name }) => name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = closest(name, known);
      return meant === undefined ? { name } : { name, meant };
    });
}

/** Sampled: a finding without `broken` means only that no packet of the sample broke the property. */
export function checkProperties(
  program: Program,
  host: Host,
  options: CheckPropertiesOptions = {},
): PropertyReport {
  const ruleset = testRuleset(program, host, options.place);
  const { runs = defaultRuns, seed = 1, family } = options;
  const names = options.properties ?? propertyRows.map(({ name }) => name);
  const guide = buildGuide(program, host);
  const packets = packetsOfGuide(guide, family);
  const outside = outsideOf(host, options.outside);
  const context: PropertyContext = { ruleset, guide, options, outside };
  const wanted = packetProperties.filter(
    ({ name }) =>
      names.includes(name) && (name !== 'rulesets-agree' || options.against !== undefined),
  );
  const findings = wanted.map((row) => checkProperty(row, context, { packets, runs, seed }));
  const unknown = unknownNames(names);
  if (!names.includes(noUnreachableRule.name)) return { findings, unknown, unreached: [] };
  const sampling = { runs, seed, ...(family === undefined ? {} : { family }) };
  const unreached = unreachedRules(ruleset, guide, packets, sampling);
  return { findings: [...findings, unreachedFinding(unreached, runs)], unknown, unreached };
}
