/** Recorded scenarios: a host, rulesets, packets, and what a kernel did with them; one JSON object a line. */

import type { Diagnostic, Result } from '../base/diagnostic.ts';
import type { Source } from '../base/span.ts';

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

/** What a line must hold to be played: `error` records, for instance, have no `host_text`. */
function isScenario(value: unknown): value is Scenario {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value) || typeof value.name !== 'string') return false;
  if (!('host' in value) || !('host_text' in value)) return false;
  if (!('rulesets' in value) || !Array.isArray(value.rulesets)) return false;
  return 'outcomes' in value || ('packets' in value && 'results' in value);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One scenario a line; a line that is none is reported and left out. */
export function readRecording(source: Source): Result<readonly Scenario[]> {
  const value: Scenario[] = [];
  const diagnostics: Diagnostic[] = [];
  let start = 0;
  for (const line of source.text.split('\n')) {
    const end = start + line.length;
    const parsed = line.trim() === '' ? null : parseLine(line);
    if (isScenario(parsed)) value.push(parsed);
    else if (parsed !== null) {
      const message = 'this line is no recorded scenario';
      const span = { source, start, end };
      diagnostics.push({ code: 'recording-line', span, message });
    }
    start = end + 1;
  }
  return { value, diagnostics };
}

/** What really happened: one play, or several of a random scenario. */
export function playsOf(scenario: Scenario): readonly RecordedPlay[] {
  if (scenario.outcomes !== undefined) return scenario.outcomes;
  const { packets = [], results = [], final } = scenario;
  const empty: RecordedFinal = { counters: [], sets: {}, objects: {} };
  return [{ packets, results, final: final ?? empty }];
}
