/** Leaves only the rules of some services, for review; what all services share stays. */

import type { KubeProxyRun } from './generate-kube-proxy.ts';

/** `names` are `NAMESPACE/NAME`; names no service has are returned for the message. */
export function onlyServices(
  run: KubeProxyRun,
  names: readonly string[],
): { readonly run: KubeProxyRun; readonly unknown: readonly string[] } {
  const wanted = new Set(names);
  const unknown = names.filter((name) => !run.cluster.byKey.has(name));
  const isWanted = ({ service }: { readonly service: { readonly key: string } }): boolean =>
    wanted.has(service.key);
  if (run.mode === 'iptables') {
    const services = run.program.services.filter(isWanted);
    return { run: { ...run, program: { ...run.program, services } }, unknown };
  }
  const services = run.program.services.filter(isWanted);
  return { run: { ...run, program: { ...run.program, services } }, unknown };
}
