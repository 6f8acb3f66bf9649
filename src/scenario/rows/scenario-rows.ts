/** The keys of a test file: host, rulesets, packets, flows, fixtures, tests. */

import { snapshotFiles } from '../../host/snapshot-files.ts';
import {
  either,
  list,
  mappingOf,
  named,
  oneOrMore,
  type Placed,
  placed,
  type RecordOf,
  type Rows,
  record,
} from '../shape/compounds.ts';
import { flag, integer, text, word } from '../shape/leaves.ts';
import type { Shape } from '../shape/shape.ts';
import { type Expectation, expectationShape } from './expectation-rows.ts';
import { packetRows, packetShape } from './packet-rows.ts';
import { duration } from './values.ts';

const packet = named('packet', () => packetShape);
const expectation: Shape<Expectation> = named('expectation', () => expectationShape);
const packetOrName = either({ scalar: text, mapping: packet });

const stepRows = {
  packet: { shape: placed(packetOrName), explain: 'A packet or the name of one.' },
  reply: { shape: flag, explain: 'The answer to the packet of the step before.' },
  again: { shape: integer({ what: 'a count', maximum: 100_000 }), explain: 'Send it this often.' },
  wait: { shape: duration, explain: 'Time that passes before it.' },
  expect: { shape: placed(expectation), explain: 'What must become of it.' },
} as const satisfies Rows;

export type Step = RecordOf<typeof stepRows>;
const step = named('step', () => record('a step', stepRows));
const flow = list(placed(step));

const eachValue = either({ scalar: text, mapping: list(text) });
const eachRows = Object.fromEntries(
  Object.keys(packetRows).map((key) => [
    key,
    { shape: eachValue, explain: 'A list, a range such as 80-90, or a prefix.' },
  ]),
);

const cell = text;
const tableRow = either({ scalar: text, mapping: list(cell) });

const testRows = {
  name: { shape: text, explain: 'What is tested, in one line.' },
  packet: { shape: placed(packetOrName), explain: 'A packet or the name of one.' },
  flow: {
    shape: placed(either({ scalar: text, mapping: flow })),
    explain: 'Packets one after the other on one state, or the name of a flow.',
  },
  each: {
    shape: placed(record('lists and ranges by packet key', eachRows)),
    explain: 'One case per combination of these values of packet keys.',
  },
  columns: { shape: list(text), explain: 'The packet keys that the rows give, and expect.' },
  rows: {
    shape: list(placed(tableRow)),
    explain: 'One case per row: a list, or text with commas and an arrow before the outcome.',
  },
  uses: { shape: oneOrMore(text), explain: 'Fixtures: flows that are played first.' },
  assume: { shape: mappingOf(text), explain: 'Settled choices, by the keys a trace prints.' },
  expect: { shape: placed(expectation), explain: 'What must become of every case.' },
  skip: { shape: text, explain: 'Why it is not run.' },
} as const satisfies Rows;

export type ScenarioTest = RecordOf<typeof testRows>;

const rulesetRows = {
  file: { shape: text, explain: 'A ruleset file, relative to this one.' },
  text: { shape: text, explain: 'The ruleset itself: nft, JSON or iptables-save.' },
  generate: { shape: word(['kube-proxy', 'calico']), explain: 'Rules made from cluster objects.' },
  objects: {
    shape: oneOrMore(text),
    explain: 'Files of cluster objects; default: those of the host.',
  },
  mode: { shape: word(['iptables', 'nftables']), explain: 'Dataplane of generated rules.' },
  node: { shape: text, explain: 'The node that rules are generated for.' },
} as const satisfies Rows;

export type RulesetEntry = RecordOf<typeof rulesetRows>;
export type PlacedRuleset = Placed<string | RulesetEntry>;

const kinds = [...new Set(snapshotFiles.map(({ kind }) => kind))];
const hostRows = {
  folder: { shape: text, explain: 'A host folder, relative to this file.' },
  ...Object.fromEntries(
    kinds.map((kind) => [
      kind,
      { shape: text, explain: `What the file ${kind} of a host folder holds.` },
    ]),
  ),
} as const satisfies Rows;

export const scenarioRows = {
  $schema: { shape: text, explain: 'For editors.' },
  description: { shape: text, explain: 'What the file is about.' },
  extends: { shape: oneOrMore(text), explain: 'Files whose parts this one takes over.' },
  host: {
    shape: placed(either({ scalar: text, mapping: record('host facts', hostRows) })),
    explain:
      'A host folder, or facts by kind; with folder: facts that replace those of the folder.',
  },
  rulesets: {
    shape: oneOrMore(placed(either({ scalar: text, mapping: record('a ruleset', rulesetRows) }))),
    explain: 'Ruleset files, texts or generated ones; default: those of the host folder.',
  },
  clock: {
    shape: integer({ what: 'milliseconds since 1970', maximum: Number.MAX_SAFE_INTEGER }),
    explain: 'Time for time matches and timeouts; default 0.',
  },
  outcomes: {
    shape: integer({ what: 'a number of outcomes', minimum: 1, maximum: 100_000 }),
    explain: 'Explore at most so many outcomes of a packet; default 256.',
  },
  assume: { shape: mappingOf(text), explain: 'Settled choices for all tests.' },
  defaults: { shape: packet, explain: 'Keys that packets take when they do not say otherwise.' },
  packets: { shape: mappingOf(placed(packet)), explain: 'Named packets.' },
  flows: { shape: mappingOf(flow), explain: 'Named flows.' },
  fixtures: { shape: mappingOf(flow), explain: 'Flows that tests can have played first.' },
  tests: {
    shape: list(placed(named('test', () => record('a test', testRows)))),
    explain: 'The tests.',
  },
} as const satisfies Rows;

export type ScenarioFile = RecordOf<typeof scenarioRows>;
export type Flow = readonly Placed<Step>[];

export const scenarioShape: Shape<ScenarioFile> = record('a test file', scenarioRows);
