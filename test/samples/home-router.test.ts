/** What the home router does with the packets of its README. */

import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const trace = (words: string) => runCli(`trace --host samples/home-router ${words}`);

describe('the home router', () => {
  it.each([
    [
      'a forwarded port',
      '--iif wan0 --src 198.51.101.7 --dst 203.0.113.10 --dport 443',
      'dnat:192.168.1.20:8443',
    ],
    [
      'another forwarded port',
      '--iif wan0 --src 198.51.101.7 --dst 203.0.113.10 --dport 2222',
      'dnat:192.168.1.21:22',
    ],
    ['a port that is not', '--iif wan0 --src 198.51.101.7 --dst 203.0.113.10 --dport 25', 'drop'],
    [
      'the outside from the lan',
      '--src 192.168.1.30 --dst 192.0.2.80 --dport 80',
      'snat:203.0.113.10',
    ],
    ['the outside from the guests', '--src 192.168.2.40 --dst 192.0.2.80 --dport 80', 'accept'],
    ['the lan from the guests', '--src 192.168.2.40 --dst 192.168.1.20 --dport 22', 'drop'],
    ['management from its range', '--src 192.168.1.12 --dst 192.168.1.1 --dport 22', 'accept'],
    [
      'management from the rest of the lan',
      '--src 192.168.1.99 --dst 192.168.1.1 --dport 22',
      'reject',
    ],
    ['a blocked network', '--iif wan0 --src 198.51.100.9 --dst 203.0.113.10 --dport 443', 'drop'],
    [
      'a reset for the guests’ printer',
      '--src 192.168.1.30 --dst 192.168.2.9 --dport 25',
      'reject',
    ],
  ])('%s: %s is %s', async (_name, words, expected) => {
    const { code, error } = await trace(`${words} --expect ${expected}`);
    expect(error).toBe('');
    expect(code).toBe(0);
  });

  it('limits pings: the sixth of a burst is dropped', async () => {
    const ping = '--src 192.168.1.30 --dst 192.168.1.1 --proto icmp';
    expect((await trace(`${ping} --count 5 --expect accept`)).code).toBe(0);
    expect((await trace(`${ping} --count 6 --expect accept`)).code).toBe(1);
  });

  it('lets established connections in', async () => {
    const words = '--iif wan0 --src 198.51.101.7 --sport 443 --dst 203.0.113.10 --dport 40000';
    expect((await trace(`${words} --flags A --ct-state established --expect accept`)).code).toBe(0);
    expect((await trace(`${words} --flags SA --expect drop`)).code).toBe(0);
  });

  it('explains near misses', async () => {
    const { out } = await trace('--src 192.168.2.40 --dst 192.168.1.1 --dport 22 --explain');
    expect(out).toMatch(/✗ .*wanted .*found/);
  });
});
