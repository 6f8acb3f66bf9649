/** Static chains of table mangle. */

import { allMarks } from '../marks.ts';
import { clearMark, jump, returnAction } from '../rules/action.ts';
import { established, markNonzero, markSet } from '../rules/match.ts';
import { type GeneratedChain, rule, staticChain } from '../rules/rule.ts';
import { type ChainContext, mangleAllow } from './context.ts';
import { failsafeInChain, failsafeOutChain } from './failsafe.ts';

export const hostPolicyAccepted = 'Host endpoint policy accepted packet.';

function preroutingChain(context: ChainContext): GeneratedChain {
  const allow = mangleAllow(context);
  const accepted = [markSet(context.config.marks.accept)];
  return staticChain('cali-PREROUTING', 'mangle prerouting: pre-DNAT policy', [
    rule([established], allow),
    rule(accepted, allow),
    rule([], jump('cali-from-host-endpoint')),
    rule(accepted, allow, hostPolicyAccepted),
  ]);
}

/** The return action is fixed here; the configured allow action does not apply. */
export function manglePostroutingChain({ config }: ChainContext): GeneratedChain {
  const { marks } = config;
  return staticChain('cali-POSTROUTING', 'mangle postrouting: host policy after DNAT', [
    rule([markSet(marks.accept)], returnAction),
    ...(config.ipvs ? [rule([markNonzero(marks.endpoint)], returnAction)] : []),
    rule([], clearMark(allMarks(marks))),
    rule([{ kind: 'conntrack-dnat', negated: false }], jump('cali-to-host-endpoint')),
    rule([markSet(marks.accept)], returnAction, hostPolicyAccepted),
  ]);
}

export function mangleChains(context: ChainContext): readonly GeneratedChain[] {
  return [
    failsafeInChain(context, false),
    failsafeOutChain(context, false),
    preroutingChain(context),
    manglePostroutingChain(context),
  ];
}
