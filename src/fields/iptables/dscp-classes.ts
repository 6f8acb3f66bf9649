/** Names of differentiated services classes. */

import { oneWord } from './value-kinds.ts';

// biome-ignore format: table
const classes: Readonly<Record<string, number>> = {
  cs0: 0x00, cs1: 0x08, cs2: 0x10, cs3: 0x18, cs4: 0x20, cs5: 0x28, cs6: 0x30, cs7: 0x38, be: 0x00,
  af11: 0x0a, af12: 0x0c, af13: 0x0e, af21: 0x12, af22: 0x14, af23: 0x16,
  af31: 0x1a, af32: 0x1c, af33: 0x1e, af41: 0x22, af42: 0x24, af43: 0x26, ef: 0x2e,
};

export const dscpClass = oneWord(
  (text, site) =>
    classes[text.toLowerCase()] ??
    site.problem(`unknown class '${text}'`, Object.keys(classes).join(', ')),
);
