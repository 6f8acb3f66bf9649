/** Which functions are registered at which netfilter hook, in the order they run (`nft list hooks`). */

export interface HookFunction {
  /** `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`: the family of the listing's block. */
  readonly family: string;
  readonly hook: string;
  /** The device of netdev (and inet ingress) hooks. */
  readonly device?: string;
  readonly priority: number;
  /** `chain inet filter input`: the nftables base chain. */
  readonly chain?: { readonly family: string; readonly table: string; readonly chain: string };
  /** The kernel function of everything else, such as `ipv4_conntrack_in`. */
  readonly functionName?: string;
  readonly module?: string;
  /** `nft_flow_offload`-like flow table entries: the table and the name. */
  readonly flowtable?: {
    readonly family: string;
    readonly table: string;
    readonly flowtable: string;
  };
}
