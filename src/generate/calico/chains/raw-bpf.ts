/** Static chains of table raw in eBPF mode, where programs on the interfaces have decided already. */

import { goto, jump, notrack, returnAction, writeMark } from '../rules/action.ts';
import { type Criterion, inInterface, localAddress, network } from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import type { ChainContext } from './context.ts';
import { failsafeOutChain } from './failsafe.ts';
import { rawOutputChain, wireguardIncomingMarkChain } from './raw.ts';

// felix/bpf/tc/defs: what eBPF programs write into the mark of packets they have seen.
const bypass = 0x03000000;
const bypassXdp = 0x03500000;
const skipFib = 0x01100000;
const fallThrough = { value: 0x05000000, mask: 0x05000000 };
const masquerade = { value: 0x03600000, mask: 0x03f00000 };
const natOutgoing = { value: 0x03800000, mask: 0x03f00000 };
const allBpfMarks = 0x1ff00000;

export interface BpfRawOptions {
  readonly wireguardHostEncryption: boolean;
  readonly bypassHostConntrack: boolean;
}

function markIs({ value, mask }: { readonly value: number; readonly mask: number }): Criterion {
  return { kind: 'mark-equals', value, mask, negated: false };
}

function preroutingChain({ config }: ChainContext, options: BpfRawOptions): GeneratedChain {
  const wireguard =
    (config.wireguard && config.wireguardInterface !== '') ||
    (config.wireguardV6 && config.wireguardV6Interface !== '');
  const rules: GeneratedRule[] = [];
  if (wireguard && options.wireguardHostEncryption) {
    rules.push(rule([], jump('cali-wireguard-incoming-mark')));
  }
  rules.push(
    rule(
      [markIs({ value: bypassXdp, mask: 0xffffffff })],
      goto('cali-untracked-policy'),
      'Jump to target for packets with Bypass mark',
    ),
    rule(
      [localAddress('destination')],
      writeMark(skipFib, skipFib),
      'Mark traffic towards the host - it is TRACKed',
    ),
  );
  if (options.bypassHostConntrack) {
    const forwarded = [localAddress('destination', { negated: true })];
    const comment = 'Check if forwarded traffic needs to be TRACKed';
    rules.push(rule(forwarded, goto('cali-untracked-flows'), comment));
  }
  return staticChain('cali-PREROUTING', 'raw prerouting in eBPF mode', rules);
}

function untrackedFlowsChain(
  { config, version }: ChainContext,
  { bypassHostConntrack }: BpfRawOptions,
): GeneratedChain {
  const linkLocal = version === 4 ? '169.254.0.0/16' : 'fe80::/10';
  const tracked: readonly (readonly [Criterion, string])[] = [
    ...config.bpfForceTrackInterfaces
      .filter((name) => name !== '')
      .map((name) => [inInterface(name), `Track interface ${name}`] as const),
    [network('destination', linkLocal), 'link-local'],
    [markIs({ value: skipFib, mask: skipFib }), 'MarkSeenSkipFIB Mark'],
    [markIs(fallThrough), 'MarkSeenFallThrough Mark'],
    [markIs(masquerade), 'MarkSeenMASQ Mark'],
    [markIs(natOutgoing), 'MarkSeenNATOutgoing Mark'],
  ];
  const rules = [
    ...tracked.map(([criterion, comment]) => rule([criterion], returnAction, comment)),
    rule([], notrack),
  ];
  return staticChain(
    'cali-untracked-flows',
    'forwarded flows that are not tracked',
    bypassHostConntrack ? rules : [],
  );
}

export function bpfRawChains(
  context: ChainContext,
  options: BpfRawOptions,
): readonly GeneratedChain[] {
  const untracked = [rule([], writeMark(0, allBpfMarks)), rule([], notrack)];
  return [
    preroutingChain(context, options),
    staticChain('cali-untracked-policy', 'packets accepted by XDP', untracked),
    untrackedFlowsChain(context, options),
    failsafeOutChain(context, true),
    wireguardIncomingMarkChain(context),
    rawOutputChain(context, bypass),
  ];
}
