/** The names that a machine gives to numbers: protocols, services, marks, realms, users, interfaces. */

import { emptyNameTable, type NameTable, parseNameTable, renamed } from './names/name-table.ts';
import { protocols } from './names/protocols.ts';
import { services } from './names/services.ts';

/** What nft reads from /etc/protocols, /etc/services, /etc/iproute2, connlabel.conf, passwd, group and the kernel. */
export interface NameEnvironment {
  readonly protocols: NameTable;
  readonly services: NameTable;
  readonly marks: NameTable;
  readonly realms: NameTable;
  readonly deviceGroups: NameTable;
  /** Label names to bit numbers. */
  readonly connectionLabels: NameTable;
  readonly users: NameTable;
  readonly groups: NameTable;
  /** Interface names to indexes. */
  readonly interfaces: NameTable;
  /** Paths below the control group mount to inode numbers. */
  readonly controlGroups: NameTable;
}

/** A freshly installed Debian: root and the loopback device are all it names beyond the registries. */
export const debianEnvironment: NameEnvironment = {
  protocols,
  services,
  marks: emptyNameTable,
  realms: parseNameTable('0 cosmos'),
  deviceGroups: parseNameTable('0 default'),
  connectionLabels: emptyNameTable,
  users: parseNameTable(
    '0 root\n1 daemon\n2 bin\n3 sys\n4 sync\n5 games\n6 man\n7 lp\n8 mail\n9 news\n10 uucp\n13 proxy\n33 www-data\n34 backup\n38 list\n39 irc\n42 _apt\n65534 nobody',
  ),
  groups: parseNameTable(
    '0 root\n1 daemon\n2 bin\n3 sys\n4 adm\n5 tty\n6 disk\n7 lp\n8 mail\n9 news\n10 uucp\n12 man\n13 proxy\n15 kmem\n20 dialout\n27 sudo\n33 www-data\n34 backup\n38 list\n39 irc\n42 shadow\n44 video\n50 staff\n100 users\n65534 nogroup',
  ),
  interfaces: parseNameTable('1 lo'),
  controlGroups: emptyNameTable,
};

/** Red Hat's /etc/protocols has its own word for IP in IP. */
export const redHatEnvironment: NameEnvironment = {
  ...debianEnvironment,
  protocols: renamed(protocols, 4, 'ipv4'),
};
