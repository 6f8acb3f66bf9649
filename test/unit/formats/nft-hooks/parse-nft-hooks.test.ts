/** `nft list hooks`. */

import { expect, test } from 'vitest';
import { parseNftHooks } from '../../../../src/formats/nft-hooks/parse-nft-hooks.ts';

test('families, devices, chains, functions', () => {
  const { value, diagnostics } = parseNftHooks({
    name: 'nft-hooks.txt',
    text: `family ip {
	hook prerouting {
		-2147483648 early [some_module]
		-0000000400 ipv4_conntrack_defrag [nf_defrag_ipv4]
		 0000000000 chain inet filter in [nf_tables]
		+0000000010 flowtable ip t ft
	}
	hook input {
		+2147483647 nf_confirm [nf_conntrack]
	}
}
family netdev {
	hook ingress device lo {
		 0000000000 chain netdev x y [nf_tables]
	}
}
family ip hook output {
	-0000000225 selinux_ip_output       # a note
}
zappa
`,
  });
  expect(
    value.map((entry) => [
      entry.family,
      entry.hook,
      entry.device,
      entry.priority,
      entry.chain?.chain ?? entry.flowtable?.flowtable ?? entry.functionName,
      entry.module,
    ]),
  ).toEqual([
    ['ip', 'prerouting', undefined, -2147483648, 'early', 'some_module'],
    ['ip', 'prerouting', undefined, -400, 'ipv4_conntrack_defrag', 'nf_defrag_ipv4'],
    ['ip', 'prerouting', undefined, 0, 'in', 'nf_tables'],
    ['ip', 'prerouting', undefined, 10, 'ft', undefined],
    ['ip', 'input', undefined, 2147483647, 'nf_confirm', 'nf_conntrack'],
    ['netdev', 'ingress', 'lo', 0, 'y', 'nf_tables'],
    ['ip', 'output', undefined, -225, 'selinux_ip_output', undefined],
  ]);
  expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([
    "not part of a list of hooks: 'zappa'",
  ]);
});
