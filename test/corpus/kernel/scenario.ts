/** The record format of the kernel corpus, as its README describes it. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface RecordedEvent {
  readonly fam: string;
  readonly table: string;
  readonly chain: string;
  readonly type: string;
  readonly index?: number;
  readonly verdict?: string;
  readonly mark: number;
  readonly legacy?: boolean;
}

export type RecordedPacket = Readonly<Record<string, unknown>>;

export interface RecordedFate {
  readonly kind: string;
  readonly out?: readonly { readonly dev: string; readonly pkt: RecordedPacket }[];
  readonly uncaptured?: boolean;
  readonly also_local?: boolean;
  readonly iif?: string;
  readonly pkt?: RecordedPacket;
  readonly at?: Readonly<Record<string, unknown>>;
  readonly reply?: readonly RecordedPacket[];
}

export interface RecordedResult {
  readonly sent: string;
  readonly send_error?: string;
  readonly events: readonly RecordedEvent[];
  readonly spawned: readonly {
    readonly pkt?: RecordedPacket;
    readonly events: readonly RecordedEvent[];
    readonly oif?: string;
  }[];
  readonly fate: RecordedFate;
  readonly conntrack: readonly string[];
}

export interface RecordedInput {
  readonly at: string;
  readonly family?: number | string;
  readonly mark?: number;
  readonly dev?: string;
  readonly sleep_ms?: number;
}

export interface RecordedFinal {
  readonly counters: readonly (readonly [string, string, string, number, number, number])[];
  readonly sets: Readonly<Record<string, readonly unknown[]>>;
  readonly objects: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly iptables?: string;
}

export interface RecordedPlay {
  readonly packets: readonly RecordedInput[];
  readonly results: readonly RecordedResult[];
  readonly final: RecordedFinal;
}

export interface RecordedHost {
  readonly interfaces: readonly {
    readonly name: string;
    readonly type?: string;
    readonly master?: string;
    readonly args?: string;
  }[];
  readonly sysctls?: Readonly<Record<string, string | number>>;
  readonly neigh?: readonly { readonly ip: string; readonly mac: string; readonly dev: string }[];
}

export interface Scenario extends Partial<RecordedPlay> {
  readonly name: string;
  readonly host: RecordedHost;
  readonly host_text: {
    readonly addr: string;
    readonly route4: string;
    readonly route6?: string;
    readonly rule4: string;
  };
  readonly ipsets?: string;
  readonly rulesets: readonly { readonly kind: string; readonly text: string }[];
  readonly refused?: readonly {
    readonly kind: string;
    readonly line: string;
    readonly error: string;
  }[];
  readonly random?: boolean;
  readonly outcomes?: readonly RecordedPlay[];
}

/** One scenario a line. */
export function readScenarios(path: string): readonly Scenario[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Scenario => JSON.parse(line));
}

/** What really happened: one play, or several of a random scenario. */
export function playsOf(scenario: Scenario): readonly RecordedPlay[] {
  if (scenario.outcomes !== undefined) return scenario.outcomes;
  const { packets = [], results = [], final } = scenario;
  const empty: RecordedFinal = { counters: [], sets: {}, objects: {} };
  return [{ packets, results, final: final ?? empty }];
}
