/** Who writes a table or chain, told by the naming conventions of well-known rule writers. */

import type { ChainPlace } from '../trace/event.ts';

interface OwnerRow {
  readonly owner: string;
  readonly tables?: readonly string[];
  readonly chains?: RegExp;
}

/** First row that fits; kubelet's rows stand before kube-proxy's because their prefix is the same. */
const rows: readonly OwnerRow[] = [
  { owner: 'kubelet', chains: /^KUBE-(FIREWALL|IPTABLES-HINT|KUBELET-CANARY)$/ },
  { owner: 'kube-proxy', tables: ['kube-proxy'], chains: /^KUBE-/ },
  { owner: 'Calico', tables: ['calico'], chains: /^cali-/ },
  { owner: 'Docker', tables: ['docker-bridges'], chains: /^DOCKER/ },
  { owner: 'firewalld', tables: ['firewalld'], chains: /^(IN|FWD[IO]|PRE|POST)_|_ZONES/ },
  { owner: 'ufw', chains: /^ufw6?-/ },
  { owner: 'fail2ban', tables: ['f2b-table'], chains: /^f2b-/ },
  { owner: 'libvirt', tables: ['libvirt_network'], chains: /^LIBVIRT_/ },
  { owner: 'Cilium', chains: /^(OLD_)?CILIUM_/ },
  { owner: 'flannel', chains: /^FLANNEL-/ },
  { owner: 'Tailscale', chains: /^ts-(input|forward|postrouting)$/ },
  { owner: 'netavark', tables: ['netavark'], chains: /^NETAVARK/ },
  { owner: 'CNI portmap', chains: /^CNI-/ },
];

export function ownerOf(place: Pick<ChainPlace, 'table' | 'chain'>): string | undefined {
  const row = rows.find(
    ({ tables, chains }) => tables?.includes(place.table) || chains?.test(place.chain),
  );
  return row?.owner;
}
