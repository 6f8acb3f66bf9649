/** The keywords of nft and where its scanner knows them: everywhere, or only after the word that opens a scope. */

/** Words that are keywords in every scope; the ones under `opens` make the scanner enter a scope. */
export const globalWords = [
  ...['eq', 'ne', 'le', 'lt', 'ge', 'gt', 'lshift', 'rshift', 'xor', 'and', 'or', 'not', 'vmap'],
  ...['include', 'define', 'redefine', 'undefine', 'describe', 'hook', 'device', 'devices'],
  ...['table', 'chain', 'rule', 'set', 'element', 'map', 'flowtable', 'handle', 'ruleset'],
  ...['accept', 'drop', 'continue', 'jump', 'goto', 'return', 'inet', 'netdev', 'bridge'],
  ...['add', 'replace', 'update', 'create', 'insert', 'delete', 'get', 'flush', 'rename'],
  ...['position', 'index', 'comment', 'constant', 'interval', 'dynamic', 'auto-merge', 'timeout'],
  ...['gc-interval', 'elements', 'expires', 'size', 'flow', 'offload', 'meter', 'hour', 'day'],
  ...['random', 'typeof', 'ecn', 'time', 'priority', 'flags', 'vxlan', 'vni', 'geneve', 'mark'],
  ...['iif', 'iifname', 'iiftype', 'oif', 'oifname', 'oiftype', 'skuid', 'skgid', 'nftrace'],
  ...['rtclassid', 'ibriport', 'ibrname', 'obriport', 'obrname', 'pkttype', 'cpu', 'iifgroup'],
  ...['oifgroup', 'cgroup', 'notrack', 'all', 'exists', 'missing', 'exthdr'],
] as const;

/** Global keywords that open the scope of that name; the grammar closes it where nft does. */
export const scopeOpeners = {
  socket: 'socket',
  tproxy: 'tproxy',
  list: 'list',
  reset: 'reset',
  import: 'import',
  export: 'export',
  monitor: 'monitor',
  destroy: 'destroy',
  policy: 'policy',
  counter: 'counter',
  last: 'last',
  log: 'log',
  queue: 'queue',
  limit: 'limit',
  quota: 'quota',
  reject: 'reject',
  snat: 'nat',
  dnat: 'nat',
  masquerade: 'nat',
  redirect: 'nat',
  th: 'th',
  ether: 'ether',
  type: 'type',
  vlan: 'vlan',
  arp: 'arp',
  ip: 'ip',
  icmp: 'icmp',
  icmpv6: 'icmp',
  igmp: 'igmp',
  ip6: 'ip6',
  ah: 'ah',
  esp: 'esp',
  comp: 'comp',
  udp: 'udp',
  udplite: 'udplite',
  gre: 'gre',
  gretap: 'gre',
  tcp: 'tcp',
  dccp: 'dccp',
  sctp: 'sctp',
  rt: 'rt',
  rt0: 'rt',
  rt2: 'rt',
  srh: 'rt',
  hbh: 'hbh',
  frag: 'frag',
  dst: 'dst',
  mh: 'mh',
  meta: 'meta',
  ct: 'ct',
  numgen: 'numgen',
  jhash: 'hash',
  symhash: 'hash',
  dup: 'dup',
  fwd: 'fwd',
  fib: 'fib',
  osf: 'osf',
  synproxy: 'synproxy',
  tunnel: 'tunnel',
  ipsec: 'ipsec',
  secmark: 'secmark',
  xt: 'xt',
} as const;

const ports = ['sport', 'dport'] as const;
const maximumSegment = ['maxseg', 'mss', 'sack-permitted', 'sack-perm', 'timestamp'] as const;
const markup = ['xml', 'json', 'vm'] as const;

const chunkWords = [
  ...['data', 'init', 'init-ack', 'heartbeat', 'heartbeat-ack', 'abort', 'shutdown', 'length'],
  ...['shutdown-ack', 'error', 'cookie-echo', 'cookie-ack', 'ecne', 'cwr', 'shutdown-complete'],
  ...['asconf-ack', 'forward-tsn', 'asconf', 'tsn', 'sack', 'stream', 'ssn', 'ppid', 'init-tag'],
  ...['a-rwnd', 'num-outbound-streams', 'num-inbound-streams', 'initial-tsn', 'cum-tsn-ack'],
  ...['num-gap-ack-blocks', 'num-dup-tsns', 'lowest-tsn', 'seqno', 'new-cum-tsn'],
] as const;

/** Words that are keywords only while the scope is the innermost one (nft 1.1.7). */
export const scopeWords = {
  initial: [],
  rate: [
    'bytes',
    'kbytes',
    'mbytes',
    'packets',
    'over',
    'until',
    'burst',
    'second',
    'minute',
    'week',
  ],
  limit: [
    'name',
    'rate',
    'over',
    'packets',
    'bytes',
    'kbytes',
    'mbytes',
    'burst',
    'second',
    'minute',
    'week',
  ],
  quota: ['name', 'bytes', 'kbytes', 'mbytes', 'over', 'until', 'used'],
  counter: ['name', 'packets', 'bytes'],
  last: ['never', 'used'],
  log: [
    ...['level', 'prefix', 'snaplen', 'queue-threshold', 'group', 'emerg', 'alert', 'crit', 'err'],
    ...['warn', 'notice', 'info', 'debug', 'audit'],
  ],
  queue: ['to', 'num', 'bypass', 'fanout'],
  reject: ['with', 'icmpx'],
  nat: ['to', 'prefix', 'fully-random', 'persistent', 'port', 'addr'],
  tproxy: ['to'],
  dup: ['to'],
  fwd: ['to'],
  synproxy: ['name', ...maximumSegment, 'wscale'],
  tunnel: [
    ...['name', 'id', 'version', 'ttl', ...ports, 'data', 'direction', 'tos', 'erspan', 'egress'],
    ...['ingress', 'path', 'class', 'opt-type', 'gbp'],
  ],
  at: ['ll', 'nh'],
  th: [...ports],
  ether: ['saddr', 'daddr'],
  vlan: ['id', 'cfi', 'dei', 'pcp'],
  arp: ['saddr', 'daddr', 'htype', 'ptype', 'hlen', 'plen', 'operation'],
  ip: [
    ...['to', 'prefix', 'saddr', 'daddr', 'id', 'version', 'hdrlength', 'dscp', 'length'],
    ...['frag-off', 'ttl', 'protocol', 'checksum', 'lsrr', 'rr', 'ssrr', 'ra', 'ptr', 'value'],
    ...['option', 'options', 'addr'],
  ],
  ip6: [
    ...['to', 'prefix', 'saddr', 'daddr', 'version', 'dscp', 'length', 'flowlabel', 'hoplimit'],
    ...['nexthdr', 'addr'],
  ],
  icmp: [
    ...['daddr', 'id', 'checksum', 'gateway', 'code', 'param-problem', 'max-delay', 'mtu', 'taddr'],
    'sequence',
  ],
  igmp: ['group', 'checksum', 'mrt'],
  ah: ['hdrlength', 'sequence', 'nexthdr', 'reserved', 'spi'],
  esp: ['sequence', 'spi'],
  comp: ['nexthdr', 'cpi'],
  udp: ['length', 'checksum', ...ports],
  udplite: ['checksum', 'csumcov', ...ports],
  tcp: [
    ...['length', 'checksum', 'option', 'options', 'ackseq', 'doff', 'window', 'urgptr', 'echo'],
    ...['eol', ...maximumSegment, 'nop', 'noop', 'sack', 'sack0', 'sack1', 'sack2', 'sack3'],
    ...['fastopen', 'mptcp', 'md5sig', 'left', 'right', 'count', 'tsval', 'tsecr', 'subtype'],
    ...['sequence', 'reserved', ...ports],
  ],
  dccp: ['option', ...ports],
  sctp: ['length', 'checksum', ...ports, 'chunk', 'vtag'],
  chunk: chunkWords,
  gre: ['version', 'protocol'],
  rt: [
    ...['hdrlength', 'mtu', 'nexthdr', 'addr', 'nexthop', 'seg-left', 'last-entry', 'tag', 'sid'],
    'classid',
  ],
  hbh: ['hdrlength', 'nexthdr'],
  frag: ['id', 'frag-off', 'nexthdr', 'reserved', 'reserved2', 'more-fragments'],
  dst: ['hdrlength', 'nexthdr'],
  mh: ['hdrlength', 'checksum', 'nexthdr', 'reserved'],
  meta: [
    ...['length', 'protocol', 'nfproto', 'l4proto', 'iifkind', 'oifkind', 'ibrpvid', 'ibrvproto'],
    ...['sdif', 'sdifname', 'broute', 'ibrhwaddr'],
    'secpath',
  ],
  ct: [
    ...['name', 'packets', 'bytes', 'over', 'until', 'saddr', 'daddr', 'id', 'protocol', 'count'],
    ...['dport', 'avgpkt', 'l3proto', 'proto-src', 'proto-dst', 'zone', 'original', 'reply'],
    ...['direction', 'event', 'expectation', 'expiration', 'helper', 'helpers', 'label', 'state'],
    'status',
  ],
  socket: ['transparent', 'wildcard', 'cgroupv2', 'level'],
  fib: ['saddr', 'daddr', 'check'],
  osf: ['name', 'version', 'ttl', 'loose', 'skip'],
  ipsec: ['saddr', 'daddr', 'spi', 'reqid', 'spnum', 'in', 'out'],
  numgen: ['inc', 'mod', 'offset'],
  hash: ['seed', 'mod', 'offset'],
  xt: [],
  secmark: [],
  type: ['dscp', 'protocol', 'classid', 'filter', 'nat', 'route'],
  policy: ['performance', 'memory'],
  list: [
    ...['chains', 'sets', 'tables', 'rules', 'meters', 'flowtables', 'limits', 'maps', 'secmarks'],
    ...['synproxys', 'tunnels', 'hooks', 'counters', 'quotas', 'count'],
  ],
  reset: ['rules', 'counters', 'quotas'],
  monitor: ['chains', 'sets', 'tables', 'rules', 'trace', 'new', ...markup],
  export: [...markup],
  import: [...markup],
  destroy: [],
} as const;

/** Scoped keywords that open a scope themselves. */
export const scopedOpeners = { rate: 'rate', chunk: 'chunk', secpath: 'ipsec' } as const;

export type Scope = keyof typeof scopeWords;

export type KeywordName =
  | (typeof globalWords)[number]
  | keyof typeof scopeOpeners
  | (typeof scopeWords)[Scope][number];

/**
 * The only global words after `limit rate` until the scope closes: what may start a statement. Words do not end at a
 * blank there (`1mbytes/second`), so `timeout` is read as `time` and `out`.
 */
export const rateWords: readonly KeywordName[] = [
  ...(['set', 'accept', 'drop', 'continue', 'jump', 'goto', 'return', 'add', 'update'] as const),
  ...(['delete', 'flow', 'meter', 'hour', 'day', 'time', 'vxlan', 'geneve', 'mark'] as const),
  ...(['iif', 'iifname', 'iiftype', 'oif', 'oifname', 'oiftype', 'skuid', 'skgid'] as const),
  ...(['nftrace', 'rtclassid', 'ibrname', 'obrname', 'pkttype', 'cpu', 'iifgroup'] as const),
  ...(['oifgroup', 'cgroup', 'notrack', 'exthdr', 'socket', 'reset', 'last', 'log'] as const),
  ...(['queue', 'limit', 'counter', 'quota', 'reject', 'snat', 'dnat', 'masquerade'] as const),
  ...(['redirect', 'th', 'ether', 'vlan', 'arp', 'ip', 'icmp', 'icmpv6', 'igmp', 'ip6'] as const),
  ...(['ah', 'esp', 'comp', 'udp', 'udplite', 'gre', 'gretap', 'tcp', 'dccp', 'sctp'] as const),
  ...(['rt', 'rt0', 'rt2', 'srh', 'hbh', 'frag', 'dst', 'mh', 'meta', 'ct', 'numgen'] as const),
  ...(['jhash', 'symhash', 'dup', 'fwd', 'fib', 'osf', 'synproxy', 'tunnel', 'ipsec'] as const),
  ...(['tproxy', 'xt'] as const),
];

/** Second spellings; the token is that of the first. */
export const synonyms = {
  mss: 'maxseg',
  noop: 'nop',
  'sack-permitted': 'sack-perm',
  secpath: 'ipsec',
  ibriport: 'ibrname',
  obriport: 'obrname',
} as const;
