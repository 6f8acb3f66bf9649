/** Ports by service name. */

import { services } from '../../datatypes/names/services.ts';

/** The port of a service, whatever protocol it is registered for. */
export function serviceToPort(name: string): number | undefined {
  return services.numbers.get(name);
}
