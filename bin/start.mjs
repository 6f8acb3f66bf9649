// `npm start`: runs nft-sim with the arguments given, or a trace on the bundled Kubernetes sample.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import loadBundle from './load-bundle.cjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sample = join(root, 'samples', 'k8s-calico-node');
const example = `trace --host ${sample} --src 172.17.2.19 --dst 10.96.0.1 --dport 443`.split(' ');
const given = process.argv.slice(2);
await loadBundle('cli').main(given.length > 0 ? given : example);
