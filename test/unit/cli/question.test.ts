import { describe, expect, it } from 'vitest';
import { isMistake, type PacketOptions, readQuestion } from '../../../src/cli/trace/question.ts';
import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../../../src/formats/iproute2/parse-routes.ts';
import { buildHost } from '../../../src/host/build-host.ts';
import { prepareHost } from '../../../src/host/prepared-host.ts';

const addresses = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global eth0
`;
const routes = '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1\n';

const host = prepareHost(
  buildHost({
    interfaces: parseInterfaces({ name: 'ip-addr.txt', text: addresses }).value,
    routes4: parseRoutes({ name: 'ip-route.txt', text: routes }, 4).value,
  }).value,
);

const base: PacketOptions = { src: '10.0.0.9', dst: '192.0.2.1', dport: '443' };
const ask = (options: PacketOptions) => readQuestion(host, options);

describe('readQuestion', () => {
  it('infers protocol, port, flags and the interface of the route back, and says so', () => {
    const question = ask(base);
    if (isMistake(question)) throw new Error(question.mistake);
    expect(question.packet).toMatchObject({ protocol: 6, sourcePort: 40000, destinationPort: 443 });
    expect(question.input).toMatchObject({ kind: 'received', device: 'eth0' });
    expect(question.inferences).toEqual([
      'protocol tcp (no --proto)',
      'source port 40000 (no --sport)',
      'TCP flags SYN (no --flags)',
      'comes in on eth0 (the route back to 10.0.0.9)',
    ]);
  });

  it('starts at the host itself for its own address', () => {
    expect(ask({ ...base, src: '10.0.0.1' })).toMatchObject({ input: { kind: 'local' } });
  });

  it('takes names of services and protocols', () => {
    const options = { ...base, proto: 'udp', dport: 'domain' };
    expect(ask(options)).toMatchObject({ packet: { protocol: 17, destinationPort: 53 } });
  });

  it.each([
    [{ src: '10.0.0.9' }, '--dst is missing'],
    [{ ...base, dst: '192.0.2.300' }, '--dst 192.0.2.300: not an IPv4 or IPv6 address'],
    [{ ...base, dst: '2001:db8::1' }, 'different families'],
    [{ ...base, src: '203.0.113.1' }, 'no route leads back to 203.0.113.1'],
    [{ ...base, iif: 'eth' }, 'did you mean eth0?'],
    [{ ...base, dport: '70000' }, '--dport 70000: a number from 0 to 65535'],
    [{ ...base, dport: 'htpps' }, 'not a known name; did you mean https?'],
    [{ ...base, flags: 'SX' }, '--flags SX: letters of FSRPAUEC'],
    [{ src: '10.0.0.9', dst: '10.0.0.1' }, '--dport is missing'],
    [{ ...base, mark: 'x' }, '--mark x: a number'],
  ] satisfies [PacketOptions, string][])('%j: %s', (options, wanted) => {
    const question = ask(options);
    expect(isMistake(question) ? question.mistake : '').toContain(wanted);
  });
});
