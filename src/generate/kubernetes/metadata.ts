/** The part every Kubernetes object has: names, labels, annotations. */

import { type Check, type Maybe, mapOf, objectWith, optional, text, textWhere } from './check.ts';
import { isAddress, parseCidr } from './go-address.ts';

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: Maybe<string>;
  readonly labels?: Maybe<Readonly<Record<string, string>>>;
  readonly annotations?: Maybe<Readonly<Record<string, string>>>;
}

export const objectMetadata: Check<ObjectMetadata> = objectWith<ObjectMetadata>({
  name: textWhere((name) => name !== '', 'a name'),
  namespace: optional(text),
  labels: optional(mapOf(text)),
  annotations: optional(mapOf(text)),
});

export const address: Check<string> = textWhere(isAddress, 'an IPv4 or IPv6 address');

export const cidr: Check<string> = textWhere(
  (value) => parseCidr(value) !== undefined,
  'a CIDR such as 10.0.0.0/8 or fd00::/64',
);
