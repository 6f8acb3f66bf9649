/**
 * The study of seeded bugs with fewer packets than `npm run study` takes: thirty mutations of the Calico sample, drawn
 * by seed before any packet is played, and how many packets find them. The study has 10,000 packets and uniform ones
 * beside the guided; what is found here within fewer is found there too, since both play the same packets.
 */

import { expect, it } from 'vitest';
import { guidedPackets } from '../../../src/testing/arbitraries/packets.ts';
import {
  drawMutations,
  nodeRuleset,
  packetsUntilFound,
  samplePackets,
  tableLine,
} from '../../support/seeded-bugs.ts';

const mutationCount = 30;
const packetCount = 4000;
const seed = 7;

it('guided packets find seeded bugs', { timeout: 600_000 }, async () => {
  const original = await nodeRuleset('samples/k8s-calico-node');
  const { picked, excluded } = drawMutations(original, mutationCount, seed);
  expect(new Set(picked.map(({ kind }) => kind)).size).toBe(16);
  expect(excluded.size).toBeGreaterThan(0);
  const packets = guidedPackets(original.program, { host: original.host });
  const sample = samplePackets(packets, packetCount, seed);
  const counts = picked.map((mutation) => packetsUntilFound(original, mutation, sample));
  const table = picked.map((mutation, index) => tableLine(mutation, [counts[index]]));
  console.log(`packets until found, of ${packetCount}\n${table.join('\n')}`);
  expect(counts.filter((count) => count !== undefined).length).toBeGreaterThanOrEqual(28);
});
