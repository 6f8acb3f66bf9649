/** A host for a packet when nothing is known of one: just the devices that the question names, and routes that lead there. */

import type { Address } from '../../base/address.ts';
import { formatAddress, parseAddress } from '../../base/address.ts';
import type { Source } from '../../base/span.ts';
import type { SnapshotKind } from '../../host/snapshot-files.ts';
import type { TraceOptions } from './options.ts';
import type { Mistake } from './question.ts';

export interface AssumedHost {
  /** The facts of the files, and what was assumed besides them. */
  readonly files: ReadonlyMap<SnapshotKind, Source>;
  /** One lower-case sentence each. */
  readonly inferences: readonly string[];
}

type Files = ReadonlyMap<SnapshotKind, Source>;

const topology: readonly SnapshotKind[] = ['ip-addr', 'ip-link', 'ip-route', 'ip-route6'];

interface Assumption {
  readonly devices: readonly (readonly [name: string, ...addresses: Address[]])[];
  readonly routes: readonly string[];
  readonly inference: string;
}

/** Facts as they are where there are any; mistakes in the addresses are left to the question's reader. */
export function assumedHost(files: Files, options: TraceOptions): AssumedHost | Mistake {
  const source = parseAddress(options.src ?? '');
  const destination = parseAddress(options.dst ?? '');
  const known = topology.some((kind) => files.has(kind));
  if (known || source === undefined || destination === undefined) return { files, inferences: [] };
  const assumption = assume(options, source, destination);
  if (assumption === undefined) {
    return {
      mistake:
        'nothing is known of the host: give --host DIR, or --iif DEVICE (received), --iif and --oif (forwarded), --oif alone (sent by the host)',
    };
  }
  return {
    files: new Map([...factsOf(assumption, source.length === 4 ? 4 : 6), ...files]),
    inferences: [`nothing is known of the host: ${assumption.inference}`],
  };
}

function assume(
  { iif, oif }: TraceOptions,
  source: Address,
  destination: Address,
): Assumption | undefined {
  const [from, to] = [formatAddress(source), formatAddress(destination)];
  if (iif === undefined) {
    if (oif === undefined) return undefined;
    return {
      devices: [[oif, source]],
      routes: [`default dev ${oif} scope link`],
      inference: `taken to have ${from} on ${oif} and to send everything there`,
    };
  }
  if (oif === undefined || oif === iif) {
    return {
      devices: [[iif, destination]],
      routes: [`default dev ${iif} scope link`],
      inference: `taken to have ${to} on ${iif} as its own (--oif DEVICE for a packet that is forwarded)`,
    };
  }
  return {
    devices: [[iif], [oif]],
    routes: [`default dev ${oif} scope link`, `${from} dev ${iif} scope link`],
    inference: `taken to reach ${from} through ${iif} and everything else through ${oif}, and to forward`,
  };
}

function factsOf(
  { devices, routes }: Assumption,
  version: 4 | 6,
): readonly (readonly [SnapshotKind, Source])[] {
  const family = version === 4 ? 'inet' : 'inet6';
  const length = version === 4 ? 32 : 128;
  const links = devices.flatMap(([name, ...addresses], index) => [
    `${index + 2}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP`,
    `    link/ether 02:00:00:00:00:${String(index + 1).padStart(2, '0')} brd ff:ff:ff:ff:ff:ff`,
    ...addresses.map(
      (address) => `    ${family} ${formatAddress(address)}/${length} scope global ${name}`,
    ),
  ]);
  const loopback = [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN',
    '    inet 127.0.0.1/8 scope host lo',
    '    inet6 ::1/128 scope host',
  ];
  const forwarding = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'];
  const fact = (kind: SnapshotKind, lines: readonly string[]): [SnapshotKind, Source] => [
    kind,
    { name: `<assumed ${kind}>`, text: `${lines.join('\n')}\n` },
  ];
  return [
    fact('ip-addr', [...loopback, ...links]),
    fact(version === 4 ? 'ip-route' : 'ip-route6', routes),
    ...(devices.length > 1
      ? [
          fact(
            'sysctl',
            forwarding.map((name) => `${name} = 1`),
          ),
        ]
      : []),
  ];
}
