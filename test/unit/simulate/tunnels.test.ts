/** VXLAN and IPIP devices: the outer packet's own way, and the inner packet of what comes in. */

import { describe, expect, it } from 'vitest';
import { parseForwarding } from '../../../src/formats/iproute2/parse-forwarding.ts';
import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { parseNeighbours } from '../../../src/formats/iproute2/parse-neighbours.ts';
import { parseRoutes } from '../../../src/formats/iproute2/parse-routes.ts';
import { summarisePacket } from '../../../src/packet/summary.ts';
import { initialState, simulate } from '../../../src/simulate/simulate.ts';
import type { OutgoingPacket } from '../../../src/trace/fate.ts';
import { arriving, clock, compileOnRouter, packetBetween, programOfNft } from './router.ts';

const devices = `2: eth0: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 203.0.113.2/24 scope global eth0
3: eth1: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global eth1
4: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UNKNOWN group default
    link/ether 66:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    vxlan id 4096 local 203.0.113.2 dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum
    inet 172.17.2.0/32 scope global vxlan.calico
5: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 state UNKNOWN group default
    link/ipip 0.0.0.0 brd 0.0.0.0
    ipip any remote any local any ttl inherit nopmtudisc
    inet 172.18.2.0/32 scope global tunl0
`;

const routes = `172.17.1.0/24 via 172.17.1.0 dev vxlan.calico onlink
172.18.1.0/24 via 203.0.113.8 dev tunl0 proto bird onlink
10.0.0.0/24 dev eth1 proto kernel scope link src 10.0.0.1
203.0.113.0/24 dev eth0 proto kernel scope link src 203.0.113.2
`;

const neighbours = '172.17.1.0 dev vxlan.calico lladdr 66:00:00:00:00:09 PERMANENT\n';
const forwarding = '66:00:00:00:00:09 dev vxlan.calico dst 203.0.113.9 self permanent\n';

const read = (name: string, text: string) => ({ name, text });

function node(ruleset: string) {
  return compileOnRouter(programOfNft(ruleset), {
    interfaces: parseInterfaces(read('addr', devices)).value,
    routes4: parseRoutes(read('route', routes), 4).value,
    neighbours: parseNeighbours(read('neigh', neighbours)).value,
    forwardingDatabase: parseForwarding(read('fdb', forwarding)).value,
  });
}

function outerOf(out: readonly OutgoingPacket[] | undefined) {
  const [first] = out ?? [];
  if (first === undefined) throw new Error('nothing was sent');
  const { source, destination, ttl, destinationPort } = summarisePacket(first.packet);
  const port = destinationPort === undefined ? {} : { destinationPort };
  return { device: first.device, source, destination, ttl, ...port, length: first.packet.length };
}

function play(ruleset: string, to: string) {
  const compiled = node(ruleset);
  const packet = arriving('eth1', packetBetween('10.0.0.9', to, { ttl: 33 }));
  const { fate, spawned } = simulate(compiled, initialState(compiled), packet, { clock });
  return { fate, spawned };
}

describe('a packet into a tunnel', () => {
  it('by VXLAN: to the remote of the forwarding database, through output and postrouting', () => {
    const { fate, spawned } = play('table ip t {\n}\n', '172.17.1.4');
    expect(fate).toMatchObject({ kind: 'forwarded', out: [{ device: 'vxlan.calico' }] });
    expect(spawned.map(({ cause }) => cause)).toEqual(['encapsulated']);
    const [outer] = spawned;
    expect(outer?.fate.kind === 'output' ? outerOf(outer.fate.out) : undefined).toEqual({
      device: 'eth0',
      source: '203.0.113.2',
      destination: '203.0.113.9',
      ttl: 64,
      destinationPort: 4789,
      length: 40 + 14 + 8 + 8 + 20,
    });
  });

  it('by IPIP: to the gateway of the route, with the inner TTL', () => {
    const { spawned } = play('table ip t {\n}\n', '172.18.1.4');
    const [outer] = spawned;
    expect(outer?.fate.kind === 'output' ? outerOf(outer.fate.out) : undefined).toEqual({
      device: 'eth0',
      source: '203.0.113.2',
      destination: '203.0.113.8',
      ttl: 32,
      length: 60,
    });
  });

  it('keeps its mark, so that rules for the inner packet meet the outer one', () => {
    const ruleset = `table ip t {
      chain f { type filter hook forward priority 0; meta mark set 0x9; }
      chain o { type filter hook output priority 0; meta mark 0x9 udp dport 4789 drop; }
    }`;
    const { fate, spawned } = play(ruleset, '172.17.1.4');
    expect(fate.kind).toBe('forwarded');
    expect(spawned[0]?.fate).toMatchObject({ kind: 'drop', at: { chain: 'o' } });
  });

  it('has no outer packet where nobody says where the device sends it', () => {
    const compiled = compileOnRouter(programOfNft('table ip t {\n}\n'), {
      interfaces: parseInterfaces(read('addr', devices)).value,
      routes4: parseRoutes(read('route', routes), 4).value,
      neighbours: parseNeighbours(read('neigh', neighbours)).value,
    });
    const packet = arriving('eth1', packetBetween('10.0.0.9', '172.17.1.4'));
    const { fate, spawned } = simulate(compiled, initialState(compiled), packet, { clock });
    expect([fate.kind, spawned]).toEqual(['forwarded', []]);
  });
});

describe('a packet out of a tunnel', () => {
  const ruleset = `table ip t {
    chain f { type filter hook forward priority 0; policy drop; iifname "tunl0" accept; }
  }`;

  it('goes on from the tunnel device', () => {
    const compiled = node(ruleset);
    const inner = packetBetween('172.18.1.4', '10.0.0.9');
    const outer = packetBetween('203.0.113.8', '203.0.113.2', { protocol: 4, payload: inner });
    const arrived = arriving('eth0', outer);
    const { fate } = simulate(compiled, initialState(compiled), arrived, { clock });
    expect(fate).toMatchObject({ kind: 'forwarded', out: [{ device: 'eth1' }] });
  });

  it('is the rules’ to drop', () => {
    const compiled = node(ruleset.replace('tunl0', 'vxlan.calico'));
    const inner = packetBetween('172.18.1.4', '10.0.0.9');
    const outer = packetBetween('203.0.113.8', '203.0.113.2', { protocol: 4, payload: inner });
    const arrived = arriving('eth0', outer);
    const { fate } = simulate(compiled, initialState(compiled), arrived, { clock });
    expect(fate).toMatchObject({ kind: 'drop', reason: 'POLICY_DROP' });
  });
});
