/** One operation as `nft --debug=netlink` lists it (libnftnl 1.3: nftnl_expr_snprintf()). */

import type {
  BitwiseOperation,
  DynsetOperation,
  ExthdrOperator,
  HashOperation,
  ImmediateOperation,
  LogOperation,
  MasqOperation,
  NatOperation,
  ObjectKind,
  ObjrefOperation,
  Operation,
  OperationByKind,
  PerOperation,
  QueueOperation,
  RedirOperation,
  Verdict,
} from '../../model/operations.ts';
import { printData } from './data.ts';

export function printVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return /^__chain\d+$/.test(verdict.chain)
        ? verdict.kind
        : `${verdict.kind} -> ${verdict.chain}`;
    default:
      return verdict.kind;
  }
}

/** Anonymous sets are not numbered before the kernel has them. */
export function setName(name: string): string {
  return name.replace(/^(__set|__map|__objmap)\d+$/, '$1%d');
}

function immediate({ destination, data, hostOrder }: ImmediateOperation): string {
  const value =
    data instanceof Uint8Array ? printData(data, hostOrder === true) : printVerdict(data);
  return `immediate reg ${destination} ${value}`;
}

function bitwise(operation: BitwiseOperation): string {
  const { source, destination } = operation;
  switch (operation.operator) {
    case 'mask-xor': {
      const host = operation.hostOrder === true;
      const mask = printData(operation.mask, host);
      return `bitwise reg ${destination} = ( reg ${source} & ${mask} ) ^ ${printData(operation.xor, host)}`;
    }
    case 'lshift':
    case 'rshift': {
      const sign = operation.operator === 'lshift' ? '<<' : '>>';
      const bits = operation.bits.toString(16).padStart(8, '0');
      return `bitwise reg ${destination} = ( reg ${source} ${sign} 0x${bits} )`;
    }
    default: {
      const sign = { and: '&', or: '|', xor: '^' }[operation.operator];
      return `bitwise reg ${destination} = ( reg ${source} ${sign} reg ${operation.source2} )`;
    }
  }
}

/** libnftnl has no word for the others. */
function exthdrWord(operator: ExthdrOperator): string {
  return operator === 'tcpopt' || operator === 'ipv6' || operator === 'ipv4' ? ` ${operator}` : '';
}

function hash(operation: HashOperation): string {
  const { destination, modulus, offset } = operation;
  const source =
    operation.type === 'symmetric'
      ? 'symhash()'
      : `jhash(reg ${operation.source}, ${operation.length}, 0x${(operation.seed ?? 0).toString(16)})`;
  return `hash reg ${destination} = ${source} % mod ${modulus}${offset === 0 ? '' : ` offset ${offset}`}`;
}

function dynset(operation: DynsetOperation): string {
  const { operator, key, set, data, timeout, operations } = operation;
  const parts = [`dynset ${operator} reg_key ${key} set ${set}`];
  if (data !== undefined) parts.push(`sreg_data ${data}`);
  if (timeout !== undefined) parts.push(`timeout ${timeout}ms`);
  for (const inner of operations) parts.push(`expr [ ${printOperation(inner)} ]`);
  return parts.join(' ');
}

/** NFT_OBJECT_* */
const objectNumber: Readonly<Record<ObjectKind, number>> = {
  counter: 1,
  quota: 2,
  'ct-helper': 3,
  limit: 4,
  connlimit: 5,
  tunnel: 6,
  'ct-timeout': 7,
  secmark: 8,
  'ct-expectation': 9,
  synproxy: 10,
};

function objref({ target }: ObjrefOperation): string {
  return 'set' in target
    ? `objref sreg ${target.source} set ${setName(target.set)}`
    : `objref type ${objectNumber[target.type]} name ${target.name}`;
}

const logFlags = [
  [0x1, 'tcpseq'],
  [0x2, 'tcpopt'],
  [0x4, 'ipopt'],
  [0x8, 'uid'],
  [0x20, 'macdecode'],
] as const;

function log(operation: LogOperation): string {
  const { prefix, group, snaplen, queueThreshold, level, flags = 0 } = operation;
  const parts = ['log'];
  if (prefix !== undefined) parts.push(`prefix ${prefix}`);
  if (group !== undefined) {
    parts.push(`group ${group} snaplen ${snaplen ?? 0} qthreshold ${queueThreshold ?? 0}`);
  } else {
    if (level !== undefined) parts.push(`level ${level}`);
    for (const [bit, word] of logFlags) if ((flags & bit) !== 0) parts.push(word);
  }
  return parts.join(' ');
}

function registers(operation: NatOperation | MasqOperation | RedirOperation): string {
  const words = [
    ['addr_min', operation.kind === 'nat' ? operation.addressMin : undefined],
    ['addr_max', operation.kind === 'nat' ? operation.addressMax : undefined],
    ['proto_min', operation.protocolMin],
    ['proto_max', operation.protocolMax],
  ] as const;
  return words
    .map(([word, register]) => (register === undefined ? '' : ` ${word} reg ${register}`))
    .join('');
}

function hexFlags(flags: number): string {
  return flags === 0 ? '' : ` flags 0x${flags.toString(16)}`;
}

function queue(operation: QueueOperation): string {
  const { number = 0, total = 1, source, bypass, fanout } = operation;
  const range = total > 1 ? `${number}-${number + total - 1}` : `${number}`;
  const target = source === undefined ? `num ${range}` : `sreg_qnum ${source}`;
  return `queue ${target}${bypass ? ' bypass' : ''}${fanout ? ' fanout' : ''}`;
}

const secondNames: Readonly<Record<number, string>> = {
  1: 'second',
  60: 'minute',
  3600: 'hour',
  86400: 'day',
  604800: 'week',
};

const checksumNumber = { none: 0, inet: 1, sctp: 2 } as const;

function reg(word: string, register: number | undefined): string {
  return register === undefined ? '' : ` ${word} ${register}`;
}

const printers: PerOperation<[], string> = {
  immediate,
  bitwise,
  hash,
  dynset,
  objref,
  log,
  queue,
  payload: ({ length, base, offset, destination }) =>
    `payload load ${length}b @ ${base} header + ${offset} => reg ${destination}`,
  'payload-write': (operation) => {
    const { source, length, base, offset, checksumType, checksumOffset, pseudoHeader } = operation;
    return `payload write reg ${source} => ${length}b @ ${base} header + ${offset} csum_type ${checksumNumber[checksumType]} csum_off ${checksumOffset} csum_flags 0x${pseudoHeader ? 1 : 0}`;
  },
  exthdr: ({ operator, length, type, offset, present, destination }) =>
    `exthdr load${exthdrWord(operator)} ${length}b @ ${type} + ${offset}${present ? ' present' : ''} => reg ${destination}`,
  'exthdr-write': ({ operator, source, length, type, offset }) =>
    `exthdr write ${operator} reg ${source} => ${length}b @ ${type} + ${offset}`,
  'exthdr-reset': ({ operator, type }) => `exthdr reset ${operator} ${type}`,
  meta: ({ key, destination }) => `meta load ${key} => reg ${destination}`,
  'meta-set': ({ key, source }) => `meta set ${key} with reg ${source}`,
  ct: ({ key, destination, direction }) =>
    `ct load ${key} => reg ${destination}${direction === undefined ? '' : ` , dir ${direction}`}`,
  'ct-set': ({ key, source, direction }) =>
    `ct set ${key} with reg ${source}${direction === undefined ? '' : ` , dir ${direction}`}`,
  rt: ({ key, destination }) => `rt load ${key} => reg ${destination}`,
  fib: ({ flags, result, present, destination }) =>
    `fib ${flags.join(' . ')} ${result === 'addrtype' ? 'type' : result}${present ? ' present' : ''} => reg ${destination}`,
  // Without the level of a control group.
  socket: ({ key, destination }) => `socket load ${key} => reg ${destination}`,
  osf: ({ destination }) => `osf dreg ${destination}`,
  xfrm: ({ direction, spnum, key, destination }) =>
    `xfrm load ${direction} ${spnum} ${key} => reg ${destination}`,
  tunnel: ({ key, destination }) => `tunnel load ${key} => reg ${destination}`,
  numgen: ({ mode, modulus, offset, destination }) =>
    `numgen reg ${destination} = ${mode} mod ${modulus}${offset === 0 ? '' : ` offset ${offset}`}`,
  byteorder: ({ operator, source, destination, length, size }) =>
    `byteorder reg ${destination} = ${operator}(reg ${source}, ${size}, ${length})`,
  cmp: ({ operator, source, data, hostOrder }) =>
    `cmp ${operator} reg ${source} ${printData(data, hostOrder === true)}`,
  range: ({ operator, source, from, to }) =>
    `range ${operator} reg ${source} ${printData(from, false)} ${printData(to, false)}`,
  lookup: ({ set, source, destination, inverted }) =>
    `lookup reg ${source} set ${setName(set)}${reg('dreg', destination)}${inverted ? ' 0x1' : ''}`,
  counter: ({ packets, bytes }) => `counter pkts ${packets} bytes ${bytes}`,
  limit: ({ rate, per, burst, type, inverted }) =>
    `limit rate ${rate}/${secondNames[per]} burst ${burst} type ${type} flags 0x${inverted ? 1 : 0}`,
  quota: ({ bytes, consumed, inverted }) =>
    `quota bytes ${bytes} consumed ${consumed} flags ${inverted ? 1 : 0}`,
  connlimit: ({ count, inverted }) => `connlimit count ${count} flags ${inverted ? 1 : 0}`,
  last: ({ milliseconds }) => `last ${milliseconds ?? 'never'}`,
  nat: (operation) =>
    `nat ${operation.type} ${operation.family}${registers(operation)}${hexFlags(operation.flags)}`,
  masq: (operation) => `masq${registers(operation)}${hexFlags(operation.flags)}`,
  redir: (operation) => `redir${registers(operation)}${hexFlags(operation.flags)}`,
  tproxy: ({ family, address, port }) =>
    `tproxy${family === 'unspec' ? '' : ` ${family}`}${reg('addr reg', address)}${reg('port reg', port)}`,
  reject: ({ type, code }) => `reject type ${type} code ${code}`,
  notrack: () => 'notrack',
  synproxy: ({ mss, wscale }) => `synproxy mss ${mss} wscale ${wscale}`,
  dup: ({ address, device }) => `dup${reg('sreg_addr', address)}${reg('sreg_dev', device)}`,
  fwd: ({ device, address, family }) =>
    `fwd sreg_dev ${device}${reg('sreg_addr', address)}${family === undefined ? '' : ` nfproto ${family === 'ip' ? 2 : 10}`}`,
  'flow-offload': ({ flowtable }) => `flow_offload flowtable ${flowtable}`,
  match: ({ match }) => `match name ${match.name} rev ${match.revision ?? 0}`,
  target: ({ target }) => `target name ${target.name} rev ${target.revision ?? 0}`,
  inner: ({ type, headerSize, flags, operation }) =>
    `inner type ${type} hdrsize ${headerSize} flags ${flags.toString(16)} [ ${printOperation(operation)} ]`,
};

/** Dispatch tied to the kind: the row takes exactly this operation. */
function print<Kind extends Operation['kind']>(
  operation: OperationByKind[Kind] & { readonly kind: Kind },
): string {
  const printer: (operation: OperationByKind[Kind]) => string = printers[operation.kind];
  return printer(operation);
}

/** Without its brackets. */
export function printOperation(operation: Operation): string {
  return print(operation);
}
