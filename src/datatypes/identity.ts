/** Who sent a packet: users, groups, control groups. */

import { datatype } from './define.ts';

export const uidType = datatype(24, 'uid', 'user ID', 32, { byteOrder: 'host' });
export const gidType = datatype(25, 'gid', 'group ID', 32, { byteOrder: 'host' });

/** The inode number of the group's directory; written as its path. */
export const cgroupsv2Type = datatype(46, 'cgroupsv2', 'cgroupsv2 path', 64, { byteOrder: 'host' });
