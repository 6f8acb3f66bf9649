/** `check --properties`: samples guided packets and looks for one that breaks a property. */

import fc from 'fast-check';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { guidedPackets } from '../arbitraries/packets.ts';
import { counterexample } from '../counterexample.ts';
import { playPacket } from '../observe.ts';
import { type TestRuleset, testRuleset } from '../ruleset.ts';
import {
  type PropertyContext,
  type PropertyOptions,
  type PropertyRow,
  propertyRows,
} from './properties.ts';

export interface CheckPropertiesOptions extends PropertyOptions {
  /** Names of properties; default: all that have what they need. */
  readonly properties?: readonly string[];
  /** Packets per property. */
  readonly runs?: number;
  readonly seed?: number;
  readonly family?: 4 | 6;
}

export interface PropertyFinding {
  readonly property: string;
  readonly explain: string;
  readonly runs: number;
  /** Absent: no packet of the sample broke it, which proves nothing about the others. */
  readonly broken?: {
    readonly packet: PacketFields;
    readonly message: string;
    /** The packet, its way, and a test file. */
    readonly text: string;
  };
}

export interface PropertyReport {
  readonly findings: readonly PropertyFinding[];
  /** Names that are no property. */
  readonly unknown: readonly string[];
  /** Rules that no packet of the sample matched: `ip filter input#3`. */
  readonly unreached: readonly string[];
}

const defaultRuns = 1000;

function outsideOf(host: Host, given: readonly string[] | undefined): ReadonlySet<string> {
  if (given !== undefined) return new Set(given);
  const defaults = host.routes.filter(({ destination }) => destination.prefixLength === 0);
  return new Set(defaults.flatMap(({ nexthops }) => nexthops.map(({ device }) => device ?? '')));
}

function checkProperty(
  row: PropertyRow,
  context: PropertyContext,
  packets: fc.Arbitrary<PacketFields>,
  parameters: { readonly seed: number; readonly numRuns: number },
): PropertyFinding {
  let message = '';
  const property = fc.property(packets, (fields) => {
    const played = playPacket(context.ruleset, fields);
    const wrong = played === undefined ? undefined : row.check(fields, played, context);
    if (wrong !== undefined) message = wrong;
    return wrong === undefined;
  });
  const details = fc.check(property, parameters);
  const base = { property: row.name, explain: row.explain, runs: details.numRuns };
  const [packet] = details.counterexample ?? [];
  if (packet === undefined) return base;
  const played = playPacket(context.ruleset, packet);
  const why = (played && row.check(packet, played, context)) ?? message;
  return {
    ...base,
    broken: { packet, message: why, text: counterexample(context.ruleset, packet, 'drop') },
  };
}

/** Rules that the sample did not reach. */
function unreachedRules(ruleset: TestRuleset, packets: readonly PacketFields[]): readonly string[] {
  const reached = new Set<string>();
  for (const fields of packets) {
    for (const { trace } of playPacket(ruleset, fields, { limit: 16 })?.exploration.outcomes ??
      []) {
      for (const event of trace) {
        if (event.kind === 'rule-matched')
          reached.add(`${event.family} ${event.table} ${event.chain}#${event.index}`);
      }
    }
  }
  return ruleset.program.tables.flatMap(({ family, name, chains }) =>
    chains.flatMap((chain) =>
      chain.rules
        .map((_, index) => `${family} ${name} ${chain.name}#${index}`)
        .filter((rule) => !reached.has(rule)),
    ),
  );
}

/** Sampled: a finding without `broken` means only that no packet of the sample broke the property. */
export function checkProperties(
  program: Program,
  host: Host,
  options: CheckPropertiesOptions = {},
): PropertyReport {
  const ruleset = testRuleset(program, host);
  const { runs = defaultRuns, seed = 1, properties, family } = options;
  const names = properties ?? propertyRows.map(({ name }) => name);
  const rows = propertyRows.filter(
    ({ name }) =>
      names.includes(name) && (name !== 'rulesets-agree' || options.against !== undefined),
  );
  const known = new Set([...propertyRows.map(({ name }) => name), 'no-unreachable-rule']);
  const packets = guidedPackets(program, { host, ...(family === undefined ? {} : { family }) });
  const context: PropertyContext = { ruleset, options, outside: outsideOf(host, options.outside) };
  const wantsRules = properties === undefined || properties.includes('no-unreachable-rule');
  return {
    findings: rows.map((row) => checkProperty(row, context, packets, { seed, numRuns: runs })),
    unknown: names.filter((name) => !known.has(name)),
    unreached: wantsRules
      ? unreachedRules(ruleset, fc.sample(packets, { seed, numRuns: runs }))
      : [],
  };
}
