/** A v1 Namespace: policies select it by its labels. */

import { objectWith } from './check.ts';
import { type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';

export interface Namespace {
  readonly metadata: ObjectMetadata;
}

export const namespaceKind: ObjectKind<Namespace> = {
  group: '',
  kind: 'Namespace',
  check: objectWith<Namespace>({ metadata: objectMetadata }),
};
