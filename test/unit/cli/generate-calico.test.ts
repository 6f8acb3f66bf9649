/** The command `generate calico`. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type GenerateCalicoOptions,
  generateCalicoCommand,
} from '../../../src/cli/generate-calico.ts';
import type { Session } from '../../../src/cli/session.ts';

const sample = fileURLToPath(new URL('../../../samples/k8s-calico-node', import.meta.url));
const objects = join(sample, 'kubernetes.yaml');
const folder = mkdtempSync(join(tmpdir(), 'nft-sim-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(options: Partial<GenerateCalicoOptions>) {
  const written = { out: '', error: '' };
  const session: Session = {
    exitCode: 0,
    io: {
      out: (text) => {
        written.out += text;
      },
      error: (text) => {
        written.error += text;
      },
      colour: false,
      read: (path) => ({ name: path, text: readFileSync(path, 'utf8') }),
      list: (path) => readdirSync(path),
    },
  };
  const defaults = {
    file: [objects],
    calicoVersion: '3.30',
    family: 'ip',
    listing: 'current',
  } as const;
  generateCalicoCommand(session, { ...defaults, ...options });
  return { ...written, exitCode: session.exitCode };
}

describe('generate calico', () => {
  it('equals the dump of the sample', () => {
    const { out, exitCode } = run({ compare: sample });
    expect(out).toBe(
      '70 of 70 cali-* chains equal\n314 of 314 rules equal\n12 of 12 hook rules equal\n',
    );
    expect(exitCode).toBe(0);
  });

  it('equals what it writes itself, in every form', () => {
    for (const options of [{ to: 'iptables-save' }, { to: 'nft-list' }] as const) {
      const dump = join(folder, options.to);
      writeFileSync(dump, run(options).out);
      expect(run({ compare: dump }).exitCode).toBe(0);
    }
    const dump = join(folder, 'nftables');
    writeFileSync(dump, run({ mode: 'nftables', to: 'nft-list' }).out);
    expect(run({ mode: 'nftables', compare: dump }).exitCode).toBe(0);
  });

  it('says what differs', () => {
    const dump = join(folder, 'other');
    writeFileSync(dump, run({ to: 'iptables-save' }).out.replace('-j DROP', '-j ACCEPT'));
    const { out, exitCode } = run({ compare: dump });
    expect(exitCode).toBe(1);
    expect(out).toContain('69 of 70 cali-* chains equal');
    expect(out).toMatch(/generated: .* -j DROP\n {2}dump: {6}.* -j ACCEPT/);
  });

  it('writes one endpoint with explanations', () => {
    const { out } = run({
      endpoint: ['nginx-gateway/nginx-gateway-6477c87c8-xq9vv'],
      annotate: true,
    });
    expect(out).toContain(
      '# from workload nginx-gateway/nginx-gateway-6477c87c8-xq9vv (cali81f8b902e6e)\n-A cali-fw-cali81f8b902e6e',
    );
    expect(out).not.toContain('cali-FORWARD');
    expect(run({ endpoint: ['a/b'] })).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('there is no endpoint a/b on this node'),
    });
  });

  it('writes files', () => {
    const out = join(folder, 'files');
    run({ out, withIpsets: true, to: 'iptables-restore' });
    expect(readdirSync(out).sort()).toEqual(['calico-ip.ipset', 'calico-ip.iptables-restore']);
    expect(readFileSync(join(out, 'calico-ip.ipset'), 'utf8')).toContain(
      'add cali40masq-ipam-pools 172.17.0.0/16\n',
    );
  });

  it('refuses formats of the other mode', () => {
    expect(run({ to: 'nft' })).toMatchObject({ exitCode: 2, out: '' });
    expect(run({ mode: 'nftables', to: 'iptables-save' }).exitCode).toBe(2);
  });

  it('does both families', () => {
    const { out } = run({ family: 'both', mode: 'nftables' });
    expect(out).toContain('add table ip calico\n');
    expect(out).toContain('add table ip6 calico\n');
  });
});
