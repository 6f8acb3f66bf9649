/** Writes a raised ruleset as `nft -j list ruleset` does. */

import type { Rule, Ruleset } from '../../ast/nft/ruleset.ts';
import { debianEnvironment, type NameEnvironment } from '../../datatypes/environment.ts';
import type { Family } from '../../fields/families.ts';
import { type Json, stringifyJson } from './json.ts';
import type { JsonContext } from './write/context.ts';
import { tableJson } from './write/declaration.ts';
import { statementJson } from './write/statement.ts';

export interface WriteJsonOptions {
  readonly stateless?: boolean;
  readonly environment?: NameEnvironment;
}

/** What libnftables puts before everything else. */
const metainfo = {
  version: '1.1.7',
  release_name: 'Commodore Bullmoose #8',
  json_schema_version: 1,
} as const;

function jsonContext(family: Family, options: WriteJsonOptions): JsonContext {
  return {
    family,
    environment: options.environment ?? debianEnvironment,
    stateless: options.stateless ?? false,
    comparing: false,
    numericProtocols: false,
  };
}

/** One line of JSON text; handles that are not known are 0. */
export function writeNftJson(ruleset: Ruleset, options: WriteJsonOptions = {}): string {
  const entries = ruleset.tables.flatMap((table) =>
    tableJson(table, jsonContext(table.family, options)),
  );
  return `${stringifyJson({ nftables: [{ metainfo }, ...entries] })}\n`;
}

/** The `expr` array of a rule. */
export function ruleExpressionsJson(
  rule: Rule,
  family: Family,
  options: WriteJsonOptions = {},
): readonly Json[] {
  const context = jsonContext(family, options);
  return rule.statements.map((statement) => statementJson(statement, context));
}
