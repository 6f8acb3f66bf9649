/** The union of the options of every xtables extension that the program knows, one file per extension beside this one. */

import type { CommentOptions } from './comment.ts';

export type XtOptionsUnion = CommentOptions;
