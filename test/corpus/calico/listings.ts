/** Checks of what other tools list once Felix's rules are loaded. */

import type { Call } from './case.ts';

const missing: Call = () => 'listing is not available';

/** By call and field of `expect`. */
export const listingChecks: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  'iptables-nft-display': {
    iptables_save_1_8_9: missing,
    nft_list_1_0_6: missing,
    nft_list_1_1_7: missing,
  },
  scenario: { iptables_save_1_8_9: missing, nft_list_1_0_6: missing },
};
