/** Limits of a workload: annotations of its pod, or `qosControls` of its endpoint. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import { generatedSpan } from '../../../base/span.ts';
import { isRecord } from '../../kubernetes/check.ts';
import type { PacketRate, QosControls } from '../chains/endpoint-recipe.ts';

/** By name as in `qosControls` and after `qos.projectcalico.org/`; bandwidths make no rules. */
export type WorkloadLimits = Readonly<Record<string, unknown>>;

const annotationPrefix = 'qos.projectcalico.org/';
const defaultBurst = 5;

export function annotatedLimits(annotations: Readonly<Record<string, string>>): WorkloadLimits {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([name]) => name.startsWith(annotationPrefix))
      .map(([name, value]) => [name.slice(annotationPrefix.length), value]),
  );
}

export function givenLimits(value: unknown): WorkloadLimits {
  return isRecord(value) ? value : {};
}

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** A whole number as a Kubernetes quantity, `1500` or `1.5k`. */
export function wholeQuantity(written: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?$/.exec(written) ?? [];
  const number = Math.round(Number(digits) * (factors[suffix] ?? 1) * 1000) / 1000;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The limits that make rules; a limit that cannot be read is a problem and does not count. */
export function workloadQos(
  limits: WorkloadLimits,
  title: string,
  diagnostics: Diagnostic[],
): QosControls | undefined {
  const read = (name: string): number => {
    const written = limits[name];
    if (written === undefined || written === null) return 0;
    const number = wholeQuantity(`${written}`);
    if (number !== undefined) return number;
    const message = `${title}: ${name} is "${written}", and not a whole number`;
    diagnostics.push({ code: 'calico-field', span: generatedSpan, message });
    return 0;
  };
  const packets = (side: string): PacketRate | undefined => {
    const [rate, burst] = [read(`${side}PacketRate`), read(`${side}PacketBurst`)];
    return rate === 0 ? undefined : { rate, burst: burst || defaultBurst };
  };
  const [ingressPackets, egressPackets] = [packets('ingress'), packets('egress')];
  const ingressConnections = read('ingressMaxConnections');
  const egressConnections = read('egressMaxConnections');
  const controls: QosControls = {
    ...(ingressPackets === undefined ? {} : { ingressPackets }),
    ...(egressPackets === undefined ? {} : { egressPackets }),
    ...(ingressConnections === 0 ? {} : { ingressConnections }),
    ...(egressConnections === 0 ? {} : { egressConnections }),
  };
  return Object.keys(controls).length === 0 ? undefined : controls;
}
