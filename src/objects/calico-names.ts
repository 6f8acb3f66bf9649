/** Calico's objects behind chains, rules, log prefixes and marks, from the objects of a snapshot. */

import { type CalicoExplainer, explainCalico } from '../generate/calico/explain.ts';
import { clusterModel } from '../generate/calico/resources/cluster-model.ts';
import { offeredTables } from '../generate/calico/tables.ts';
import type { RawObject } from '../generate/kubernetes/objects.ts';

/**
 * Generates what Felix would program from the objects and keeps what each chain and rule is for. Objects that do not
 * pass their check only make fewer names known. Chains that nothing leads to are kept: packets do not come to them.
 */
export function calicoNames(objects: readonly RawObject[]): CalicoExplainer {
  const { value: model } = clusterModel(objects, { version: 4, late: true });
  return explainCalico(model, offeredTables(model));
}
