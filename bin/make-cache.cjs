// Runs the command line interface on the samples and keeps what V8 has compiled by then: dist/cli.cache, late.cache.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const loadBundle = require('./load-bundle.cjs');

const root = join(__dirname, '..');
const samples = join(root, 'samples');
const packets = [
  ['k8s-calico-node', '--src 172.17.2.19 --dst 10.96.0.1 --dport 443'],
  ['k8s-calico-node', '--src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53'],
  ['home-router', '--src 192.168.1.30 --dst 192.0.2.80 --dport 80'],
  ['k8s-kube-proxy-nftables', '--src 10.244.1.5 --dst 10.96.0.10 --proto udp --dport 53'],
];

/** What needs the grammars. */
const lateCommands = [
  ['check', 'k8s-calico-node/ruleset.nft'],
  ['check', 'k8s-calico-node/iptables.save'],
  ['fmt', 'home-router/ruleset.nft'],
  ['test', 'home-router/home-router.nfttest.yaml'],
  ['translate', 'k8s-calico-node/iptables.save'],
];

const io = {
  out: () => undefined,
  error: (text) => process.stderr.write(text),
  colour: false,
  read: (path) => ({ name: path, text: readFileSync(path, 'utf8') }),
  list: (path) => readdirSync(path).sort(),
};

/** Loads a bundle, has something run, and keeps the code. */
async function cache(name, run) {
  let script;
  const loaded = loadBundle(name, (made) => {
    script = made;
  });
  await run(loaded);
  // bin/load-bundle.cjs says why; commands may have turned it on.
  setFlagsFromString('--no-opt');
  writeFileSync(join(root, 'dist', `${name}.cache`), script.createCachedData());
}

async function main() {
  let cli;
  await cache('cli', async (loaded) => {
    cli = loaded;
    for (const [sample, packet] of packets) {
      await cli.runMain(['trace', '--host', join(samples, sample), ...packet.split(' ')], io);
    }
  });
  await cache('late', async () => {
    for (const [command, file] of lateCommands) {
      await cli.runMain([command, join(samples, file)], { ...io, error: () => undefined });
    }
  });
}

main();
