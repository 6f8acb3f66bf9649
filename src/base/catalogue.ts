/** Every diagnostic code with its severity and meaning; codes are stable and documented from here. */

import type { CatalogueEntry } from './diagnostic.ts';

export const catalogue = {
  'syntax-error': {
    severity: 'error',
    explain: 'The text is not what the grammar expects at this place.',
  },
  'invalid-value': {
    severity: 'error',
    explain: 'A value is out of the range or set that nft allows at this place.',
  },
  'unknown-variable': {
    severity: 'error',
    explain: 'A variable is used that no define has given a value.',
  },
  'redefined-variable': {
    severity: 'error',
    explain: 'A define names a variable that is defined already.',
  },
  'duplicate-clause': {
    severity: 'error',
    explain: 'A clause that may stand once stands twice.',
  },
  'include-failed': {
    severity: 'error',
    explain: 'A file to include is not there, or files include each other too deep.',
  },
  'not-found': {
    severity: 'error',
    explain: 'A command is about a table, chain, set, rule or object that is not there.',
  },
  'already-exists': {
    severity: 'error',
    explain: 'A command creates what is there already, or with other settings.',
  },
  'not-possible': {
    severity: 'error',
    explain: 'The kernel refuses a command in the state the ruleset is in.',
  },
  'foreign-extension': {
    severity: 'warning',
    explain:
      'A listing shows an iptables match or target by name only; its content is lost, and nft refuses it.',
  },
  'unknown-symbol': {
    severity: 'error',
    explain: 'A word is no value of the datatype that is expected, or names no key or field.',
  },
  'unknown-set': {
    severity: 'error',
    explain: 'A rule names a set or map that its table does not have.',
  },
  'unknown-chain': {
    severity: 'error',
    explain: 'A rule jumps to a chain that its table does not have.',
  },
  'unknown-object': {
    severity: 'error',
    explain: 'A rule names a counter, quota, limit or other object that its table does not have.',
  },
  'unknown-flowtable': {
    severity: 'error',
    explain: 'A rule names a flowtable that its table does not have.',
  },
  'datatype-mismatch': {
    severity: 'error',
    explain: 'Two sides of an expression, or a set and its element, have different datatypes.',
  },
  'value-out-of-range': {
    severity: 'error',
    explain: 'A value is too large for its field, or too long.',
  },
  'negative-range': {
    severity: 'error',
    explain: 'The first value of a range is above its last.',
  },
  'invalid-expression': {
    severity: 'error',
    explain: 'An expression cannot stand where it stands, or has operands it cannot have.',
  },
  'invalid-set': {
    severity: 'error',
    explain: 'A set or map is declared or used in a way it cannot be.',
  },
  'interval-overlap': {
    severity: 'error',
    explain: 'Two elements of an interval set overlap, and the set does not merge them.',
  },
  'conflicting-protocols': {
    severity: 'error',
    explain: 'A rule asks for two protocols that exclude each other, or for one that cannot be.',
  },
  'invalid-context': {
    severity: 'error',
    explain: 'A statement or expression is of no use in this family, chain or place.',
  },
  'statement-without-effect': {
    severity: 'error',
    explain: 'A statement follows one that always ends the rule.',
  },
  'too-complex': {
    severity: 'error',
    explain: 'An expression is nested too deep.',
  },
  'name-too-long': {
    severity: 'error',
    explain: 'A name is longer than the kernel allows, or empty.',
  },
  'jump-loop': {
    severity: 'error',
    explain: 'Chains jump to each other in a circle, or too deep.',
  },
  'kernel-refused': {
    severity: 'error',
    explain: 'nft accepts it, the kernel does not.',
  },
  'kubernetes-document': {
    severity: 'error',
    explain: 'A file of Kubernetes objects is not YAML or JSON at this place.',
  },
  'kubernetes-object': {
    severity: 'error',
    explain: 'A document is no Kubernetes object: it has no kind.',
  },
  'kubernetes-field': {
    severity: 'error',
    explain: 'A field of a Kubernetes object has a value the API does not allow.',
  },
  'kubernetes-duplicate': {
    severity: 'warning',
    explain: 'Two objects of one kind have the same namespace and name; the later one counts.',
  },
  'kube-proxy-setting': {
    severity: 'error',
    explain: 'A setting of kube-proxy has a value kube-proxy does not accept.',
  },
  'kube-proxy-node': {
    severity: 'error',
    explain: 'The node the rules are for is not among the objects, or it is not clear which it is.',
  },
  'kube-proxy-detect-local': {
    severity: 'warning',
    explain:
      'How to tell local pods is not known for this family, so kube-proxy writes no rule for it.',
  },
  'kube-proxy-conflict': {
    severity: 'warning',
    explain: 'Two services claim the same address and port; which one wins is arbitrary.',
  },
  'selector-syntax-error': {
    severity: 'error',
    explain: 'A Calico selector is not written as Calico accepts it.',
  },
  'calico-field': {
    severity: 'error',
    explain: 'A field of a Calico object has a value that Calico does not allow.',
  },
  'calico-kind': {
    severity: 'warning',
    explain: "An object of one of Calico's API groups is of a kind that is not read.",
  },
  'calico-reference': {
    severity: 'warning',
    explain: 'A Calico object names a policy, profile, tier or node that is not among the objects.',
  },
  'calico-setting': {
    severity: 'error',
    explain: 'A setting of Felix has a value that Felix does not accept.',
  },
  'calico-not-loadable': {
    severity: 'warning',
    explain: 'Felix writes this rule, and the kernel or nft refuses it.',
  },
  'host-text-not-understood': {
    severity: 'warning',
    explain:
      'A line or word of a host fact (ip, ipset, conntrack, sysctl, nft list hooks) is passed over.',
  },
  'iptables-unknown-extension': {
    severity: 'warning',
    explain: 'A rule loads a match or target that is not known here; it is kept as written.',
  },
  'iptables-extension': {
    severity: 'error',
    explain:
      'A rule loads a match or target that this program (iptables or ip6tables) does not have.',
  },
  'iptables-option': {
    severity: 'error',
    explain:
      'An option of an iptables rule is unknown, incomplete or has a value it does not take.',
  },
  'iptables-chain': {
    severity: 'error',
    explain: 'A rule stands in, or jumps to, a chain that its table does not have.',
  },
  'iptables-table': {
    severity: 'error',
    explain:
      'iptables-save text names a table that iptables does not have, or leaves one unfinished.',
  },
  'iptables-command': {
    severity: 'error',
    explain: 'A command in iptables-save text cannot be carried out.',
  },
  'iptables-kernel': {
    severity: 'error',
    explain: 'The kernel does not take an extension with this protocol or in this table.',
  },
  'not-a-ruleset': {
    severity: 'error',
    explain: 'A file given as a ruleset is binary data or another kind of text.',
  },
  'unsupported-json': {
    severity: 'error',
    explain: 'The JSON is not what libnftables writes or takes at this place.',
  },
  'scenario-document': {
    severity: 'error',
    explain: 'A test file is not YAML, or holds no test file.',
  },
  'scenario-key': {
    severity: 'error',
    explain: 'A key of a test file is unknown, missing or given twice.',
  },
  'scenario-value': {
    severity: 'error',
    explain: 'A value in a test file has the wrong type or is out of range.',
  },
  'scenario-reference': {
    severity: 'error',
    explain:
      'A test file names a packet, flow, fixture, rule, set, interface or file that is not there.',
  },
  'scenario-packet': {
    severity: 'error',
    explain: 'A packet of a test file cannot exist or cannot come in here.',
  },
  'recording-line': {
    severity: 'error',
    explain:
      'A line of a recording is no recorded scenario: not JSON, or without host, rulesets or results.',
  },
} as const satisfies Record<string, CatalogueEntry>;
