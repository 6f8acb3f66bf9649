/**
 * `npm run study -- [MUTATIONS] [PACKETS] [SEED] [FOLDER]`: the table of the study of seeded bugs, guided packets
 * against uniform ones. Defaults: 30 mutations, 10,000 packets, seed 7, the Calico sample.
 */

import { guidedPackets, uniformPackets } from '../../src/testing/arbitraries/packets.ts';
import {
  drawMutations,
  nodeRuleset,
  packetsUntilFound,
  samplePackets,
  tableLine,
} from '../support/seeded-bugs.ts';

const [count = '30', packets = '10000', seed = '7', folder = 'samples/k8s-calico-node'] =
  process.argv.slice(2);
const ruleset = await nodeRuleset(folder);
const { picked, candidates, excluded } = drawMutations(ruleset, Number(count), Number(seed));
const reasons = [...excluded].map(([reason, times]) => `${times} ${reason}`).join(', ');
console.log(`${folder}: ${candidates} mutations, left out as equivalent: ${reasons || 'none'}`);
const interfaces = ruleset.host.interfaces.map(({ name }) => name);
const samples = [
  guidedPackets(ruleset.program, { host: ruleset.host }),
  uniformPackets(interfaces),
].map((arbitrary) => samplePackets(arbitrary, Number(packets), Number(seed)));
console.log(`${'mutation'.padEnd(26)}  guided uniform  place (packets until found, of ${packets})`);
const found = [0, 0];
for (const mutation of picked) {
  const counts = samples.map((sample) => packetsUntilFound(ruleset, mutation, sample));
  counts.forEach((one, index) => {
    found[index] = (found[index] ?? 0) + (one === undefined ? 0 : 1);
  });
  console.log(tableLine(mutation, counts));
}
console.log(
  `found: guided ${found[0]} of ${picked.length}, uniform ${found[1]} of ${picked.length}`,
);
