/** Which endpoints serve which traffic. */

import { describe, expect, it } from 'vitest';
import { chooseEndpoints } from '../../../../src/generate/kube-proxy/choose-endpoints.ts';
import { endpointPortKey, endpointsOf } from '../../../../src/generate/kube-proxy/endpoints.ts';
import { servicePortsOf } from '../../../../src/generate/kube-proxy/service-ports.ts';
import { featuresOf } from '../../../../src/generate/kube-proxy/versions.ts';
import type { SliceEndpoint } from '../../../../src/generate/kubernetes/endpoint-slice.ts';
import type { ServiceSpec } from '../../../../src/generate/kubernetes/service.ts';
import { node, service, slice } from '../../../support/kube-proxy-cluster.ts';

const ready = { ready: true };
const draining = { ready: false, serving: true, terminating: true };
const dead = { ready: false, serving: false, terminating: true };

function choose(spec: ServiceSpec, endpoints: readonly SliceEndpoint[], minor = 34) {
  const features = featuresOf({ minor, patch: 0 });
  const [port] = servicePortsOf(service('s', { clusterIP: '172.30.0.1', ...spec }), 'ip', features);
  const known = endpointsOf([slice('s', endpoints)], 'ip', node.name);
  const list = known.get(endpointPortKey('http', 'tcp')) ?? [];
  const chosen = chooseEndpoints(port!, list, node, features);
  const last = (one: { readonly address: string }): string => one.address.split('.')[3] ?? '';
  return {
    cluster: chosen.cluster?.map(last).join(),
    local: chosen.local?.map(last).join(),
    all: chosen.allReachable.map(last).join(),
    hasAny: chosen.hasAny,
  };
}

function endpoint(last: number, rest: Partial<SliceEndpoint> = {}): SliceEndpoint {
  return { addresses: [`10.0.0.${last}`], conditions: ready, ...rest };
}

const local = { nodeName: node.name };

describe('chooseEndpoints', () => {
  it('falls back to endpoints that terminate but serve', () => {
    const endpoints = [endpoint(1, { conditions: draining }), endpoint(2, { conditions: dead })];
    expect(choose({}, endpoints)).toMatchObject({ cluster: '1', hasAny: true });
    expect(choose({}, [endpoint(3), ...endpoints])).toMatchObject({ cluster: '3' });
  });

  it('keeps both lists when outside and inside differ', () => {
    const spec: ServiceSpec = {
      externalIPs: ['192.168.99.1'],
      externalTrafficPolicy: 'Local',
    };
    const endpoints = [endpoint(1), endpoint(2, { ...local, conditions: draining })];
    expect(choose(spec, endpoints)).toEqual({ cluster: '1', local: '2', all: '1,2', hasAny: true });
  });

  it('uses local endpoints only for internalTrafficPolicy Local', () => {
    const spec: ServiceSpec = { internalTrafficPolicy: 'Local' };
    expect(choose(spec, [endpoint(1), endpoint(2, local)])).toEqual({
      cluster: undefined,
      local: '2',
      all: '2',
      hasAny: true,
    });
  });

  it('follows hints when all ready endpoints have them', () => {
    const zone = (name: string) => ({ hints: { forZones: [{ name }] } });
    const both = [endpoint(1, zone('zone-a')), endpoint(2, zone('zone-b'))];
    expect(choose({}, both).cluster).toBe('1');
    expect(choose({}, [...both, endpoint(3)]).cluster).toBe('1,2,3');
    expect(choose({}, both, 30).cluster).toBe('1,2');
    const nodes = both.map((one, index) => ({
      ...one,
      hints: { ...one.hints, forNodes: [{ name: index === 1 ? node.name : 'other' }] },
    }));
    expect(choose({}, nodes).cluster).toBe('2');
    expect(choose({}, nodes, 33).cluster).toBe('1');
  });
});

describe('endpointsOf', () => {
  it('sorts by text, keeps the living of two entries, and skips nameless ports', () => {
    const slices = [
      slice('s', [endpoint(9), endpoint(10), endpoint(2, { conditions: draining })]),
      slice('s', [endpoint(2)]),
      { ...slice('s', [endpoint(5)]), ports: [{ port: 8080 }] },
    ];
    const [list = []] = endpointsOf(slices, 'ip', 'n').values();
    expect(list.map(({ text }) => text)).toEqual([
      '10.0.0.10:8080',
      '10.0.0.2:8080',
      '10.0.0.9:8080',
    ]);
    expect(list[1]?.isReady).toBe(true);
  });
});
