/** Marks, realms and traffic classes: numbers that administrators name in files of iproute2. */

import { datatype } from './define.ts';

export const markType = datatype(19, 'mark', 'packet mark', 32, { byteOrder: 'host' });
export const realmType = datatype(22, 'realm', 'routing realm', 32, { byteOrder: 'host' });
export const classidType = datatype(23, 'classid', 'TC classid', 32, { byteOrder: 'host' });
export const deviceGroupType = datatype(35, 'devgroup', 'devgroup name', 32, {
  byteOrder: 'host',
});
