/** Explains one text: reads what it is and gathers the facts. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { ctKeys } from '../../fields/ct.ts';
import type { Family } from '../../fields/families.ts';
import { headers } from '../../fields/headers.ts';
import { metaKeys } from '../../fields/meta.ts';
import { allowedValues } from './allowed-values.ts';
import { type DatatypeInfo, datatypeInfo } from './datatype-info.ts';
import { describeExpression, type ExpressionInfo } from './describe.ts';
import { explainRule, type RuleInfo } from './explain-rule.ts';
import { type Overview, overviewOf } from './overview.ts';
import { clearerMistake, readSubject } from './subject.ts';

export interface DatatypeExplanation {
  readonly kind: 'datatype';
  readonly datatype: DatatypeInfo;
  readonly values: string;
  /** Header fields and keys that have it. */
  readonly usedBy: readonly string[];
}

export type Explanation =
  | DatatypeExplanation
  | ExpressionInfo
  | RuleInfo
  | (Overview & { readonly kind: 'overview' });

export interface Explained {
  readonly explanation?: Explanation;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ExplainOptions {
  /** Of the table that a rule is meant for. */
  readonly family?: Family;
  readonly environment: NameEnvironment;
}

export function explain(source: Source, options: ExplainOptions): Explained {
  const { family, environment } = options;
  const subject = readSubject(source, family ?? 'inet');
  switch (subject.kind) {
    case 'mistake':
      return { diagnostics: subject.diagnostics };
    case 'datatype':
      return { explanation: explainDatatype(subject.type, environment), diagnostics: [] };
    case 'overview': {
      const overview = overviewOf(subject.name);
      if (overview === undefined) return { diagnostics: [] };
      return { explanation: { kind: 'overview', ...overview }, diagnostics: [] };
    }
    case 'rule': {
      const { info, diagnostics } = explainRule(subject.rule, family, environment);
      if (diagnostics.length === 0) return { explanation: info, diagnostics };
      return { diagnostics: diagnostics.map((one) => clearerMistake(source, one)) };
    }
    case 'expression': {
      const explanation = describeExpression(subject.expression, environment);
      if (explanation !== undefined) return { explanation, diagnostics: [] };
      const span = { source, start: 0, end: source.text.length };
      const message = 'this expression has no type of its own';
      return { diagnostics: [{ code: 'invalid-expression', span, message }] };
    }
  }
}

function explainDatatype(type: Datatype, environment: NameEnvironment): DatatypeExplanation {
  const usedBy = [
    ...headers.flatMap(({ protocol, fields }) =>
      fields.filter((field) => field.type === type.name).map(({ name }) => `${protocol} ${name}`),
    ),
    ...metaKeys.filter((key) => key.type === type.name).map(({ name }) => `meta ${name}`),
    ...ctKeys.filter((key) => key.type === type.name).map(({ name }) => `ct ${name}`),
  ];
  return {
    kind: 'datatype',
    datatype: datatypeInfo(type, type.bits, environment),
    values: allowedValues(type, type.bits),
    usedBy:
      usedBy.length > 24 ? [...usedBy.slice(0, 23), `and ${usedBy.length - 23} more`] : usedBy,
  };
}
