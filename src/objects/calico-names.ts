/** Calico's objects behind chains, rules, log prefixes and marks, from the objects of a snapshot. */

import { type CalicoExplainer, explainCalico } from '../generate/calico/explain.ts';
import { generateCalico } from '../generate/calico/generate-calico.ts';
import type { RawObject } from '../generate/kubernetes/objects.ts';

/**
 * Generates what Felix would program from the objects and keeps what each chain and rule is for. Objects that do not
 * pass their check only make fewer names known.
 */
export function calicoNames(objects: readonly RawObject[]): CalicoExplainer {
  const { value } = generateCalico({ kind: 'objects', objects });
  return explainCalico(value.model, value.tables);
}
