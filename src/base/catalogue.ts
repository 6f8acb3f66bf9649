/** Every diagnostic code with its severity and meaning; codes are stable and documented from here. */

import type { CatalogueEntry } from './diagnostic.ts';

export const catalogue = {
  'syntax-error': {
    severity: 'error',
    explain: 'The text is not what the grammar expects at this place.',
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
    explain: 'A line or word of a host fact (ip, ipset, conntrack, sysctl, nft list hooks) is passed over.',
  },
} as const satisfies Record<string, CatalogueEntry>;
