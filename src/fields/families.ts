/** Address families of tables, as nft names them (NFPROTO_*). */

export type Family = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** NFPROTO_* numbers, include/uapi/linux/netfilter.h. */
export const familyNumber: Readonly<Record<Family, number>> = {
  inet: 1,
  ip: 2,
  arp: 3,
  netdev: 5,
  bridge: 7,
  ip6: 10,
};
