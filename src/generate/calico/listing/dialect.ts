/** How nft lists rules that iptables-nft wrote: the words differ by the versions of nft and of libxtables. */

export interface ListingDialect {
  /** libxtables from 1.8.10 translates comments; before, each is an empty word. */
  readonly comments: 'empty' | 'text';
  /** nft from 1.0.7 puts quotes round the names of xt expressions. */
  readonly quotedXt: boolean;
  /** nft from 1.0.9 names priority -100 in the output hook too. */
  readonly outputDstnat: boolean;
  /** libxtables from 1.8.10 knows nft's names of the multicast listener messages. */
  readonly mldNames: boolean;
  /** nft from 1.0.9 lists a mask of flags as an and. */
  readonly flagsAnd: boolean;
  /** What /etc/protocols calls protocol 4. */
  readonly ipInIp: string;
}

/** nft 1.0.6 over libxtables 1.8.9, as in Debian 12. */
export const debian12: ListingDialect = {
  comments: 'empty',
  quotedXt: false,
  outputDstnat: false,
  mldNames: false,
  flagsAnd: false,
  ipInIp: 'ipencap',
};

/** nft 1.1.7 over libxtables 1.8.13. */
export const current: ListingDialect = {
  comments: 'text',
  quotedXt: true,
  outputDstnat: true,
  mldNames: true,
  flagsAnd: true,
  ipInIp: 'ipencap',
};

/** nft 1.0.9 over libxtables 1.8.9 on the Red Hat family. */
export const redHat9: ListingDialect = {
  comments: 'empty',
  quotedXt: true,
  outputDstnat: true,
  mldNames: false,
  flagsAnd: true,
  ipInIp: 'ipv4',
};
