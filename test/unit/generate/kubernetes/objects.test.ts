/** Kubernetes objects from YAML and JSON, and what is said about wrong ones. */

import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../src/base/diagnostic.ts';
import { endpointSliceKind } from '../../../../src/generate/kubernetes/endpoint-slice.ts';
import { networkPolicyKind } from '../../../../src/generate/kubernetes/network-policy.ts';
import { objectsOfKind } from '../../../../src/generate/kubernetes/objects.ts';
import { readObjects } from '../../../../src/generate/kubernetes/read-objects.ts';
import { serviceKind } from '../../../../src/generate/kubernetes/service.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, creationTimestamp: null}
spec:
  clusterIP: 10.96.0.20
  someFutureField: {nested: [1, 2]}
  ports:
  - {name: http, port: 80, protocol: TCP}
`;

function read(text: string) {
  return readObjects([{ name: 'objects.yaml', text }]);
}

/** The part of the source a diagnostic points at. */
function place({ span }: Diagnostic): string {
  return span.source.text.slice(span.start, span.end);
}

describe('readObjects', () => {
  it('reads documents, Lists, typed lists and JSON alike', () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ServiceList',
      items: [{ metadata: { name: 'a' }, spec: {} }],
    });
    const indented = service.replaceAll('\n', '\n  ');
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${indented}`;
    for (const text of [`---\n${service}---\n`, list, json]) {
      const { value, diagnostics } = read(text);
      expect(diagnostics).toEqual([]);
      expect(objectsOfKind(value, serviceKind).value).toHaveLength(1);
    }
  });

  it('ignores fields it does not know', () => {
    expect(objectsOfKind(read(service).value, serviceKind).diagnostics).toEqual([]);
  });

  it('points at broken YAML', () => {
    const [problem] = read('kind: [Service\n').diagnostics;
    expect(problem?.code).toBe('kubernetes-document');
  });

  it('asks for a kind', () => {
    expect(read('a: 1\n').diagnostics[0]?.code).toBe('kubernetes-object');
  });
});

describe('objectsOfKind', () => {
  it.each([
    ['port: 80', 'port: "80"', 'spec.ports[0].port', 'without quotes', '"80"'],
    ['protocol: TCP', 'protocol: tcp', 'spec.ports[0].protocol', 'did you mean TCP?', 'tcp'],
    ['port: 80', 'port: 70000', 'spec.ports[0].port', undefined, '70000'],
    ['10.96.0.20', '10.96.0', 'spec.clusterIP', undefined, '10.96.0'],
    ['name: web', 'name: 7', 'metadata.name', 'quote it', '7'],
  ])('%s as %s is a problem of %s', (right, wrong, path, hint, where) => {
    const { value, diagnostics } = objectsOfKind(
      read(service.replace(right, wrong)).value,
      serviceKind,
    );
    expect(value).toEqual([]);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.message).toContain(`${path} of Service `);
    if (hint !== undefined) expect(diagnostics[0]?.hint).toContain(hint);
    expect(place(diagnostics[0]!)).toBe(where);
  });

  it('locates problems in JSON too', () => {
    const text =
      '{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"x"},"addressType":"IPv5"}';
    const [problem] = objectsOfKind(read(text).value, endpointSliceKind).diagnostics;
    expect(place(problem!)).toBe('"IPv5"');
  });

  it('names what is missing', () => {
    const text = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {}\n';
    const [problem] = objectsOfKind(read(text).value, networkPolicyKind).diagnostics;
    expect(problem?.message).toBe('metadata.name of NetworkPolicy is missing, wanted a string');
  });
});
