/** The files of a host folder: what each holds and which command on the node makes it. */

export type SnapshotKind =
  | 'ip-addr'
  | 'ip-link'
  | 'ip-route'
  | 'ip-route6'
  | 'ip-rule'
  | 'ip-rule6'
  | 'ip-neigh'
  | 'bridge-fdb'
  | 'ipset'
  | 'conntrack'
  | 'sysctl'
  | 'nft-hooks'
  | 'ruleset'
  | 'ruleset-json'
  | 'iptables'
  | 'ip6tables'
  | 'iptables-legacy'
  | 'ip6tables-legacy'
  | 'kubernetes'
  | 'calico';

export interface SnapshotFile {
  readonly file: string;
  readonly kind: SnapshotKind;
  /** A shell command whose standard output is the file. */
  readonly command: string;
  /** What it is good for, for the manual: one sentence without a full stop. */
  readonly explain: string;
}

/**
 * One row per file name. A kind may have several names (`ip-addr.txt`, `ip-addr.json`), of which a folder needs one;
 * where both are there, the one that stands first here counts.
 */
export const snapshotFiles: readonly SnapshotFile[] = [
  row('ip-addr.txt', 'ip-addr', 'ip -d addr', 'interfaces with their kinds and addresses'),
  row('ip-addr.json', 'ip-addr', 'ip -d -j addr', 'the same as JSON'),
  row(
    'ip-link.txt',
    'ip-link',
    'ip -d link',
    'interfaces with their kinds, where ip-addr.txt was made without -d',
  ),
  row('ip-link.json', 'ip-link', 'ip -d -j link', 'the same as JSON'),
  row('ip-route.txt', 'ip-route', 'ip -4 route show table all', 'IPv4 routes of all tables'),
  row('ip-route.json', 'ip-route', 'ip -4 -j route show table all', 'the same as JSON'),
  row('ip-route6.txt', 'ip-route6', 'ip -6 route show table all', 'IPv6 routes of all tables'),
  row('ip-route6.json', 'ip-route6', 'ip -6 -j route show table all', 'the same as JSON'),
  row('ip-rule.txt', 'ip-rule', 'ip -4 rule', 'IPv4 policy routing rules'),
  row('ip-rule.json', 'ip-rule', 'ip -4 -j rule', 'the same as JSON'),
  row('ip-rule6.txt', 'ip-rule6', 'ip -6 rule', 'IPv6 policy routing rules'),
  row('ip-rule6.json', 'ip-rule6', 'ip -6 -j rule', 'the same as JSON'),
  row('ip-neigh.txt', 'ip-neigh', 'ip neigh', 'neighbours of both families'),
  row('ip-neigh.json', 'ip-neigh', 'ip -j neigh', 'the same as JSON'),
  row(
    'bridge-fdb.txt',
    'bridge-fdb',
    'bridge fdb',
    'forwarding databases of bridges and VXLAN devices',
  ),
  row('bridge-fdb.json', 'bridge-fdb', 'bridge -j fdb', 'the same as JSON'),
  row('ipset.save', 'ipset', 'ipset save', 'contents of ipsets'),
  row('conntrack.txt', 'conntrack', 'conntrack -L -o extended', 'tracked connections'),
  row('sysctl.txt', 'sysctl', 'sysctl -a', 'kernel settings below net'),
  row(
    'nft-hooks.txt',
    'nft-hooks',
    'nft list hooks',
    'the order in which base chains of equal priority run',
  ),
  row(
    'ruleset.nft',
    'ruleset',
    'nft list ruleset',
    'all nftables tables, those of iptables-nft among them',
  ),
  row('ruleset.json', 'ruleset-json', 'nft -j list ruleset', 'the same as JSON'),
  row(
    'iptables.save',
    'iptables',
    'iptables-save',
    'IPv4 rules of iptables-nft with all matches in words',
  ),
  row('ip6tables.save', 'ip6tables', 'ip6tables-save', 'IPv6 rules of ip6tables-nft'),
  row(
    'iptables-legacy.save',
    'iptables-legacy',
    'iptables-legacy-save',
    'IPv4 rules that nft does not show',
  ),
  row(
    'ip6tables-legacy.save',
    'ip6tables-legacy',
    'ip6tables-legacy-save',
    'IPv6 rules that nft does not show',
  ),
  row(
    'kubernetes.yaml',
    'kubernetes',
    'kubectl get services,endpointslices,nodes,namespaces,networkpolicies,pods -A -o yaml',
    'objects that give names to addresses and rules',
  ),
  row(
    'calico.yaml',
    'calico',
    'kubectl get ippools,felixconfigurations,globalnetworkpolicies,globalnetworksets,hostendpoints -o yaml',
    'Calico objects that the datastore holds as custom resources',
  ),
];

function row(file: string, kind: SnapshotKind, command: string, explain: string): SnapshotFile {
  return { file, kind, command, explain };
}
