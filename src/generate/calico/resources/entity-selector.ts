/** One selector for what an entity rule asks of endpoints, namespaces and service accounts. */

import { parseSelector } from '../../../../grammar/calico-selector/parse-selector.ts';
import { prefixLabels, printSelector } from '../selectors/selector.ts';
import type { EntityRule, ServiceAccountMatch } from './policy-objects.ts';

export const namespaceLabel = 'projectcalico.org/namespace';
export const serviceAccountLabel = 'projectcalico.org/serviceaccount';
export const namespaceLabelPrefix = 'pcns.';
export const serviceAccountLabelPrefix = 'pcsa.';

/** Normalised, every label with the prefix; text that is no selector gives none, as in libcalico-go. */
export function prefixedSelector(text: string, prefix: string): string {
  const { value } = parseSelector({ name: 'selector', text });
  return value === undefined ? '' : printSelector(prefixLabels(value, prefix));
}

function serviceAccountSelector({ names, selector }: ServiceAccountMatch): string {
  const byLabel = selector ? prefixedSelector(selector, serviceAccountLabelPrefix) : '';
  if (!names || names.length === 0) return byLabel;
  const list = `${serviceAccountLabel} in { '${names.join("', '")}' }`;
  const { value } = parseSelector({ name: 'service account names', text: list });
  if (value === undefined) return '';
  const byName = printSelector(value);
  return byLabel === '' ? byName : `(${byLabel}) && (${byName})`;
}

function namespacePart(selector: string, namespace: string): string {
  if (selector !== '') {
    return prefixedSelector(selector, namespaceLabelPrefix)
      .replaceAll('all()', `has(${namespaceLabel})`)
      .replaceAll('global()', `!has(${namespaceLabel})`);
  }
  return namespace === '' ? '' : `${namespaceLabel} == '${namespace}'`;
}

/** The text whose set the rule matches; `''` when the rule asks for no endpoints. */
export function entitySelector(entity: EntityRule, namespace: string): string {
  const namespaceSelector = entity.namespaceSelector ?? '';
  const parts = [
    entity.serviceAccounts ? serviceAccountSelector(entity.serviceAccounts) : '',
    entity.selector ?? '',
  ].filter((part) => part !== '');
  const [first = ''] = parts;
  const own = parts.length > 1 ? `(${parts.join(') && (')})` : first;
  const where = namespacePart(namespaceSelector, namespace);
  const asked = own !== '' || (entity.notSelector ?? '') !== '' || namespaceSelector !== '';
  if (where === '' || !asked) return own;
  return own === '' ? where : `(${where}) && (${own})`;
}
