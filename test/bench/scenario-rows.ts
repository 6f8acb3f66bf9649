/** `tsx test/bench/scenario-rows.ts`: CPU of 10,000 rows of a test file on the nft rules of 10,000 services, loading included. */

import { processIo } from '../../src/cli/io.ts';
import { scenarioLoader } from '../../src/cli/test/scenario-loader.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';

const n = 10_000;
const ip = (a: number, i: number) => `${a}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
const pairs = Array.from({ length: n }, (_, i) => `${ip(172, i)} . 6 . 80 : goto s${i}`);
const chains = pairs.map(
  (_, i) => `  chain s${i} {\n    meta l4proto tcp dnat to ${ip(10, i)}:8080\n  }`,
);
const rules = `table ip k {\n${chains.join('\n')}\n  map services {\n    type ipv4_addr . inet_proto . inet_service : verdict\n    elements = { ${pairs.join(',\n ')} }\n  }\n  chain pre {\n    type nat hook prerouting priority -100;\n    ip daddr . meta l4proto . th dport vmap @services\n  }\n}\n`;
const rows = pairs.map(
  (_, i) => `      - 192.0.2.9, ${ip(172, i)}, tcp, 80 → accept dnat ${ip(10, i)}:8080`,
);
const text = `host:\n  ip-addr: |\n    1: lo: <LOOPBACK,UP> mtu 65536 state UNKNOWN\n        inet 127.0.0.1/8 scope host lo\n    2: eth0: <BROADCAST,UP> mtu 1500 state UP\n        link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n        inet 192.0.2.1/24 scope global eth0\n  ip-route: |\n    default via 192.0.2.254 dev eth0\n    192.0.2.0/24 dev eth0 scope link src 192.0.2.1\n  sysctl: |\n    net.ipv4.ip_forward = 1\nrulesets:\n  - text: |\n${rules.replace(/^(?=.)/gm, '      ')}tests:\n  - name: services\n    rows:\n${rows.join('\n')}\n`;
const loader = scenarioLoader(processIo());
const before = process.cpuUsage();
const result = await runScenario({ name: 'rows.nfttest.yaml', text }, { loader });
const { user, system } = process.cpuUsage(before);
const passed = result.results.filter(({ status }) => status === 'passed').length;
if (passed !== n) throw new Error(`${passed} of ${n} rows passed`);
console.log(`${n} rows, ${n} services: ${((user + system) / 1e6).toFixed(1)} s CPU`);
