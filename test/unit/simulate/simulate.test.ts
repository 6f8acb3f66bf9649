/** Small rulesets on a host with two interfaces: verdicts, state, choices. */

import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { buildHost } from '../../../src/host/build-host.ts';
import { lower } from '../../../src/lower/lower.ts';
import { buildFrame, buildPacket, type PacketDescription } from '../../../src/packet/build.ts';
import type { PacketInput } from '../../../src/simulate/api.ts';
import { compileProgram } from '../../../src/simulate/compile.ts';
import { explore } from '../../../src/simulate/explore.ts';
import { readConntrack, readCounters } from '../../../src/simulate/reading.ts';
import { initialState, simulate } from '../../../src/simulate/simulate.ts';
import { listRecorder } from '../../../src/trace/recorder.ts';

const clock = 1_700_000_000_000;

const interfaces = `2: eth0: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 203.0.113.2/24 scope global eth0
3: eth1: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global eth1
`;

const macs: Readonly<Record<string, string>> = { eth0: '00', eth1: '01' };

function compile(text: string) {
  const loaded = loadNft(text);
  const lowered = lower(loaded.value);
  expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
  const facts = { interfaces: parseInterfaces({ name: 'addr', text: interfaces }).value };
  return compileProgram(lowered.value, { host: buildHost(facts).value });
}

function received(
  device: string,
  from: string,
  to: string,
  rest: Partial<PacketDescription> = {},
): PacketInput {
  const address = (text: string) => parseAddress(text) ?? new Uint8Array(4);
  const packet = buildPacket({
    source: address(from),
    destination: address(to),
    protocol: 6,
    sourcePort: 4000,
    destinationPort: 80,
    ...rest,
  });
  const link = {
    destination: Uint8Array.of(2, 0, 0, 0, Number(macs[device]), 1),
    source: Uint8Array.of(2, 0, 0, 0, Number(macs[device]), 2),
  };
  return { kind: 'received', device, frame: buildFrame(packet, link) };
}

describe('chains', () => {
  it('accept ends one base chain only', () => {
    const compiled = compile(`
      table inet a { chain f { type filter hook forward priority -10; policy accept; tcp dport 80 counter accept; }
      }
      table ip b { chain f { type filter hook forward priority 0; policy drop; counter; }
      }`);
    const packet = received('eth1', '10.0.0.9', '203.0.113.9');
    const result = simulate(compiled, initialState(compiled), packet, { clock });
    expect(result.fate).toMatchObject({ kind: 'drop', reason: 'POLICY_DROP', at: { table: 'b' } });
    expect(readCounters(compiled, result.state).map(({ packets }) => packets)).toEqual([1, 1]);
  });

  it('run the newest first at equal priority', () => {
    const compiled = compile(`
      table ip a { chain p { type filter hook prerouting priority 0; meta mark set 0x1; }
      }
      table ip b { chain p { type filter hook prerouting priority 0; meta mark set 0x2; }
      }
      table ip c { chain i { type filter hook input priority 0; meta mark 0x1 counter; meta mark 0x2 drop; }
      }`);
    const packet = received('eth1', '10.0.0.9', '10.0.0.1');
    const result = simulate(compiled, initialState(compiled), packet, { clock });
    expect(result.fate.kind).toBe('local');
  });
});

describe('states', () => {
  const ruleset = `
    table ip nat {
      chain pre { type nat hook prerouting priority -100; tcp dport 80 dnat to 10.0.0.9:8080; }
    }`;

  it('are never modified: an old one gives the old answer again', () => {
    const compiled = compile(ruleset);
    const start = initialState(compiled);
    const syn = received('eth0', '203.0.113.9', '203.0.113.2');
    const first = simulate(compiled, start, syn, { clock });
    expect(first.fate).toMatchObject({ kind: 'forwarded', out: [{ device: 'eth1' }] });
    expect(readConntrack(compiled, first.state, clock)).toHaveLength(1);
    expect(readConntrack(compiled, start, clock)).toHaveLength(0);
    expect(readConntrack(compiled, first.state, clock)).toHaveLength(1);
  });

  it('translate replies back without rules', () => {
    const compiled = compile(ruleset);
    const syn = received('eth0', '203.0.113.9', '203.0.113.2');
    const first = simulate(compiled, initialState(compiled), syn, { clock });
    const answer = received('eth1', '10.0.0.9', '203.0.113.9', {
      sourcePort: 8080,
      destinationPort: 4000,
      flags: 'SA',
      acknowledgement: 2,
    });
    const recorder = listRecorder();
    const second = simulate(compiled, first.state, answer, { clock, recorder });
    expect(second.fate.kind).toBe('forwarded');
    const rewritten = recorder.events.flatMap((event) =>
      event.kind === 'packet-rewritten' ? [`${event.field} ${event.after}`] : [],
    );
    expect(rewritten).toEqual(['tcp sport 80', 'ip saddr 203.0.113.2']);
  });
});

describe('choices', () => {
  it('carry exact probabilities', () => {
    const compiled = compile(`
      table ip t { chain p { type filter hook prerouting priority 0; numgen random mod 3 0 drop; }
      }`);
    const packet = received('eth1', '10.0.0.9', '10.0.0.1');
    const { outcomes, cut } = explore(compiled, initialState(compiled), packet, { clock });
    expect(cut).toBe(false);
    expect(outcomes.map(({ fate, probability }) => [fate.kind, probability])).toEqual([
      ['drop', { numerator: 1, denominator: 3 }],
      ['local', { numerator: 2, denominator: 3 }],
    ]);
  });
});
