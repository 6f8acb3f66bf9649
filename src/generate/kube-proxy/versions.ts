/** What differs between the kube-proxy releases 1.29 to 1.35, as one row per question. */

export interface KubernetesVersion {
  readonly minor: number;
  readonly patch: number;
}

/**
 * The layouts of the nftables table: `early` up to 1.33.5, `post-dnat` from 1.33.6 (checks moved behind DNAT,
 * kubernetes#131765), `no-port` from 1.34 (masquerade rules without the port).
 */
export type NftablesLayout = 'early' | 'post-dnat' | 'no-port';

export interface KubeProxyFeatures {
  readonly nftablesLayout: NftablesLayout;
  /** `iif` cannot name wildcards; later releases write `iifname` (kubernetes#134024). */
  readonly interfaceKeyword: 'iif' | 'iifname';
  /** forNodes hints count: gate PreferSameTrafficDistribution. */
  readonly nodeHints: boolean;
  /** Hints count only under the annotation service.kubernetes.io/topology-mode. */
  readonly hintsNeedAnnotation: boolean;
  /** status.loadBalancer.ingress[].ipMode is looked at. */
  readonly ingressIpMode: boolean;
}

export const oldestMinor = 29;
export const newestMinor = 35;

/** Stands for "the newest patch release" when only the minor version is known. */
const newestPatch = 999;

/** Reads `1.33`, `v1.33.5`, `1.33.5+k3s1`. */
export function parseKubernetesVersion(text: string): KubernetesVersion | undefined {
  const parts = /^v?1\.(\d+)(?:\.(\d+))?(?:[-+.].*)?$/.exec(text.trim());
  if (parts === null) return undefined;
  const minor = Number(parts[1]);
  if (minor < oldestMinor || minor > newestMinor) return undefined;
  return { minor, patch: parts[2] === undefined ? newestPatch : Number(parts[2]) };
}

/** The features of a release; the patch numbers of the back-ports are those of the spec's section 16. */
export function featuresOf(version: KubernetesVersion): KubeProxyFeatures {
  const { minor } = version;
  return {
    nftablesLayout: layoutOf(version),
    interfaceKeyword: writesInterfaceNames(version) ? 'iifname' : 'iif',
    nodeHints: minor >= 34,
    hintsNeedAnnotation: minor <= 30,
    ingressIpMode: minor >= 30,
  };
}

function layoutOf({ minor, patch }: KubernetesVersion): NftablesLayout {
  if (minor >= 34) return 'no-port';
  return minor === 33 && patch >= 6 ? 'post-dnat' : 'early';
}

function writesInterfaceNames({ minor, patch }: KubernetesVersion): boolean {
  return minor >= 35 || (minor === 34 && patch >= 2) || (minor === 33 && patch >= 6);
}
