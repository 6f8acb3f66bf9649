/** -m ipvs: properties of IPVS connections. */

import { extension } from '../extension.ts';
import { formatNetworkBriefly } from '../networks.ts';
import { saved } from '../saving.ts';
import {
  flag,
  type MaskedAddress,
  network,
  oneOf,
  oneWord,
  protocol,
  resolvePort,
} from '../value-kinds.ts';

interface Test<Value> {
  readonly value: Value;
  readonly inverted: boolean;
}

export interface IpvsOptions {
  readonly kind: 'ipvs';
  /** The packet belongs to a connection of IPVS (true) or to none (false). */
  readonly belongs: boolean;
  readonly protocol?: Test<number>;
  readonly address?: Test<MaskedAddress>;
  readonly port?: Test<number>;
  readonly controlPort?: Test<number>;
  readonly direction?: 'ORIGINAL' | 'REPLY';
  readonly method?: Test<'GATE' | 'IPIP' | 'MASQ'>;
}

const port = oneWord((text, site) => resolvePort(text, site));

export const ipvs = extension({
  name: 'ipvs',
  revision: 0,
  options: {
    belongs: { name: '--ipvs', value: flag, invert: true },
    protocol: { name: '--vproto', value: protocol, invert: true },
    address: { name: '--vaddr', value: network, invert: true },
    port: { name: '--vport', value: port, invert: true },
    direction: { name: '--vdir', value: oneOf(['ORIGINAL', 'REPLY'], { anyCase: true }) },
    method: {
      name: '--vmethod',
      value: oneOf(['GATE', 'IPIP', 'MASQ'], { anyCase: true }),
      invert: true,
    },
    controlPort: { name: '--vportctl', value: port, invert: true },
  },
  read: (values, site): IpvsOptions | undefined => {
    if (Object.keys(values).length === 0)
      return site.problem('ipvs: at least one option is required');
    if (values.belongs?.negated === true && Object.keys(values).length > 1)
      return site.problem('ipvs: ! --ipvs cannot be together with other options');
    const { address, method } = values;
    return {
      kind: 'ipvs',
      belongs: values.belongs?.negated !== true,
      ...(values.protocol && {
        protocol: { value: values.protocol.value, inverted: values.protocol.negated },
      }),
      ...(address && {
        address: { value: address.value, inverted: address.negated },
      }),
      ...(values.port && { port: { value: values.port.value, inverted: values.port.negated } }),
      ...(values.controlPort && {
        controlPort: { value: values.controlPort.value, inverted: values.controlPort.negated },
      }),
      ...(values.direction && { direction: values.direction.value }),
      ...(method && { method: { value: method.value, inverted: method.negated } }),
    };
  },
  save: (options) => {
    const tests = [
      ...(options.protocol
        ? saved('--vproto', options.protocol.inverted, options.protocol.value)
        : []),
      ...(options.address
        ? saved('--vaddr', options.address.inverted, formatNetworkBriefly(options.address.value))
        : []),
      ...(options.port ? saved('--vport', options.port.inverted, options.port.value) : []),
      ...(options.direction ? ['--vdir', options.direction] : []),
      ...(options.method ? saved('--vmethod', options.method.inverted, options.method.value) : []),
      ...(options.controlPort
        ? saved('--vportctl', options.controlPort.inverted, options.controlPort.value)
        : []),
    ];
    return tests.length === 0 ? saved('--ipvs', !options.belongs) : tests;
  },
});
