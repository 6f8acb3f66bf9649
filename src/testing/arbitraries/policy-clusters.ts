/** Small random clusters with policies, as objects of the API and as plain data for a reference reading. */

import fc from 'fast-check';

export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly local: boolean;
  readonly address: string;
}

/** What a peer or subject asks of a pod; every given field must hold. */
export interface PodQuery {
  readonly namespace?: string;
  readonly team?: string;
  readonly app?: string;
  readonly notApp?: string;
}

export type Peer =
  | { readonly kind: 'pods'; readonly query: PodQuery }
  | { readonly kind: 'network'; readonly network: string; readonly except?: string };

export interface PortMatch {
  readonly protocol: 'TCP' | 'UDP';
  /** None: every port of the protocol. */
  readonly ports: readonly (number | 'http' | readonly [number, number])[];
}

export interface PolicyRule {
  readonly action: 'Allow' | 'Deny' | 'Pass';
  /** Any of them; none asks for nothing. */
  readonly peers: readonly Peer[];
  readonly ports: readonly PortMatch[];
}

export interface ClusterPolicy {
  readonly kind: 'kubernetes' | 'global';
  readonly name: string;
  readonly tier: string;
  readonly order: number;
  readonly subject: PodQuery;
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

export interface PolicyCluster {
  readonly pods: readonly ClusterPod[];
  readonly policies: readonly ClusterPolicy[];
  /** Of tier `security`, which comes first. */
  readonly securityDefault: 'Deny' | 'Pass';
}

export const namespaceTeams: Readonly<Record<string, string>> = { a: 'red', b: 'blue' };
const namespaces = Object.keys(namespaceTeams);
const apps = ['web', 'db'];
export const namedPort = 8080;

const ports = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  ports: fc.array(
    fc.oneof(
      fc.constantFrom(80, 443, 8080),
      fc.constant('http' as const),
      fc.constantFrom([80, 90] as const, [1000, 9000] as const),
    ),
    { maxLength: 3 },
  ),
});

const network = fc.constantFrom<Peer>(
  { kind: 'network', network: '10.0.1.0/24' },
  { kind: 'network', network: '10.0.0.0/16', except: '10.0.1.0/30' },
  { kind: 'network', network: '10.0.2.0/24' },
);

const app = fc.constantFrom(...apps);

function kubernetesPeer(namespace: string): fc.Arbitrary<Peer> {
  const query = fc.oneof(
    app.map((name): PodQuery => ({ namespace, app: name })),
    fc.constantFrom('red', 'blue').map((team): PodQuery => ({ team })),
    fc.record({ team: fc.constantFrom('red', 'blue'), app }),
    fc.constant<PodQuery>({ namespace }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: query.map((asked): Peer => ({ kind: 'pods', query: asked })) },
    network,
  );
}

const globalPeer: fc.Arbitrary<Peer> = fc.oneof(
  fc
    .oneof(
      app.map((name): PodQuery => ({ app: name })),
      app.map((name): PodQuery => ({ notApp: name })),
      fc.record({ team: fc.constantFrom('red', 'blue'), app }),
    )
    .map((query): Peer => ({ kind: 'pods', query })),
  network,
);

function rules(
  action: fc.Arbitrary<PolicyRule['action']>,
  peer: fc.Arbitrary<Peer>,
  most: number,
): fc.Arbitrary<readonly PolicyRule[]> {
  return fc.array(
    fc.record({
      action,
      peers: fc.array(peer, { maxLength: most }),
      ports: fc.array(ports, { maxLength: most }),
    }),
    { maxLength: 3 },
  );
}

const allow = fc.constant('Allow' as const);

function kubernetesPolicy(index: number): fc.Arbitrary<ClusterPolicy> {
  return fc.constantFrom(...namespaces).chain((namespace) => {
    const lists = rules(allow, kubernetesPeer(namespace), 2);
    return fc
      .record({
        subject: fc.oneof(
          fc.constant<PodQuery>({ namespace }),
          app.map((name): PodQuery => ({ namespace, app: name })),
        ),
        ingress: fc.option(lists, { nil: undefined }),
        egress: fc.option(lists, { nil: undefined }),
      })
      .filter(({ ingress, egress }) => ingress !== undefined || egress !== undefined)
      .map(({ subject, ingress, egress }) => ({
        kind: 'kubernetes' as const,
        name: `p${index}`,
        tier: 'default',
        order: 1000,
        subject,
        ...(ingress === undefined ? {} : { ingress }),
        ...(egress === undefined ? {} : { egress }),
      }));
  });
}

function globalPolicy(index: number): fc.Arbitrary<ClusterPolicy> {
  const action = fc.constantFrom('Allow' as const, 'Deny' as const, 'Pass' as const);
  const lists = rules(action, globalPeer, 1);
  return fc.record({
    kind: fc.constant('global' as const),
    name: fc.constant(`security.g${index}`),
    tier: fc.constant('security'),
    order: fc.integer({ min: 1, max: 3 }),
    subject: fc.oneof(
      fc.constant<PodQuery>({}),
      app.map((name): PodQuery => ({ app: name })),
    ),
    ingress: lists,
    egress: lists,
  });
}

const pods = fc
  .array(fc.record({ namespace: fc.constantFrom(...namespaces), app, local: fc.boolean() }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((list) =>
    list.map(
      (pod, index): ClusterPod => ({
        ...pod,
        // The first is local, so that there is something to see.
        local: pod.local || index === 0,
        name: `pod${index}`,
        address: `10.0.${pod.local || index === 0 ? 1 : 2}.${index + 1}`,
      }),
    ),
  );

export const policyClusters: fc.Arbitrary<PolicyCluster> = fc.record({
  pods,
  policies: fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }))
    .chain(([kubernetes, global]) =>
      fc.tuple(
        ...Array.from({ length: kubernetes }, (_, index) => kubernetesPolicy(index)),
        ...Array.from({ length: global }, (_, index) => globalPolicy(index)),
      ),
    ),
  securityDefault: fc.constantFrom('Deny' as const, 'Pass' as const),
});
