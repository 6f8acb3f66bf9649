/** What only shows in the whole table: missing chains, loops, statements out of place. */

import type { ProgramTable } from '../../model/program.ts';
import type { RuleScope } from '../rule.ts';

export function checkTable(_scope: RuleScope, _table: ProgramTable): void {}
