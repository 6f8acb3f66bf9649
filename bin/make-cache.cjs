// Runs the command line interface on the samples and keeps what V8 has compiled by then: dist/cli.cache.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const loadCli = require('./load-cli.cjs');

const root = join(__dirname, '..');
const samples = join(root, 'samples');
const packets = [
  ['k8s-calico-node', '--src 172.17.2.19 --dst 10.96.0.1 --dport 443'],
  ['k8s-calico-node', '--src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53'],
  ['home-router', '--src 192.168.1.30 --dst 192.0.2.80 --dport 80'],
  ['k8s-kube-proxy-nftables', '--src 10.244.1.5 --dst 10.96.0.10 --proto udp --dport 53'],
];

async function main() {
  let script;
  const { runMain } = loadCli((loaded) => {
    script = loaded;
  });
  const io = {
    out: () => undefined,
    error: (text) => process.stderr.write(text),
    colour: false,
    read: (path) => ({ name: path, text: readFileSync(path, 'utf8') }),
    list: (path) => readdirSync(path).sort(),
  };
  for (const [sample, packet] of packets) {
    await runMain(['trace', '--host', join(samples, sample), ...packet.split(' ')], io);
  }
  writeFileSync(join(root, 'dist', 'cli.cache'), script.createCachedData());
}

main();
