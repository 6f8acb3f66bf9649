/** Every target of iptables 1.8.13 that has rows. */

import { AUDIT, type AuditOptions } from './targets/audit.ts';
import { CHECKSUM, type ChecksumOptions } from './targets/checksum.ts';
import { CLASSIFY, type ClassifyOptions } from './targets/classify.ts';
import { CLUSTERIP, type ClusteripOptions, ULOG, type UlogOptions } from './targets/clusterip.ts';
import { CONNMARK, type ConnmarkTargetOptions } from './targets/connmark.ts';
import { CT, type CtOptions, NOTRACK } from './targets/ct.ts';
import { DSCP, type DscpTargetOptions } from './targets/dscp.ts';
import { ECN, type EcnTargetOptions } from './targets/ecn.ts';
import { HMARK, type HmarkOptions } from './targets/hmark.ts';
import { IDLETIMER, type IdletimerOptions } from './targets/idletimer.ts';
import { LED, type LedOptions } from './targets/led.ts';
import { LOG, type LogOptions } from './targets/log.ts';
import { MARK, type MarkTargetOptions } from './targets/mark.ts';
import {
  MASQUERADE,
  type MasqueradeOptions,
  REDIRECT,
  type RedirectOptions,
} from './targets/masquerade.ts';
import { DNAT, type DnatOptions, SNAT, type SnatOptions } from './targets/nat.ts';
import { NETMAP, type NetmapOptions } from './targets/netmap.ts';
import { NFLOG, type NflogOptions } from './targets/nflog.ts';
import { NFQUEUE, type NfqueueOptions } from './targets/nfqueue.ts';
import { DNPT, type DnptOptions, SNPT, type SnptOptions } from './targets/npt.ts';
import { RATEEST, type RateestTargetOptions } from './targets/rateest.ts';
import { REJECT4, REJECT6, type RejectOptions } from './targets/reject.ts';
import {
  CONNSECMARK,
  type ConnsecmarkOptions,
  SECMARK,
  type SecmarkOptions,
} from './targets/secmark.ts';
import { SET, type SetTargetOptions } from './targets/set.ts';
import { SYNPROXY, type SynproxyOptions } from './targets/synproxy.ts';
import { TCPMSS, type TcpmssTargetOptions } from './targets/tcpmss.ts';
import { TCPOPTSTRIP, type TcpoptstripOptions } from './targets/tcpoptstrip.ts';
import { TEE, type TeeOptions } from './targets/tee.ts';
import { TOS, type TosTargetOptions } from './targets/tos.ts';
import { TPROXY, type TproxyOptions } from './targets/tproxy.ts';
import { TRACE, type TraceOptions } from './targets/trace.ts';
import { HL, type HlTargetOptions, TTL, type TtlTargetOptions } from './targets/ttl.ts';

export type TargetOptions =
  | AuditOptions
  | ChecksumOptions
  | ClassifyOptions
  | ClusteripOptions
  | ConnmarkTargetOptions
  | ConnsecmarkOptions
  | CtOptions
  | DnatOptions
  | DnptOptions
  | DscpTargetOptions
  | EcnTargetOptions
  | HlTargetOptions
  | HmarkOptions
  | IdletimerOptions
  | LedOptions
  | LogOptions
  | MarkTargetOptions
  | MasqueradeOptions
  | NetmapOptions
  | NflogOptions
  | NfqueueOptions
  | RateestTargetOptions
  | RedirectOptions
  | RejectOptions
  | SecmarkOptions
  | SetTargetOptions
  | SnatOptions
  | SnptOptions
  | SynproxyOptions
  | TcpmssTargetOptions
  | TcpoptstripOptions
  | TeeOptions
  | TosTargetOptions
  | TproxyOptions
  | TraceOptions
  | TtlTargetOptions
  | UlogOptions;

export const targetExtensions = [
  AUDIT,
  CHECKSUM,
  CLASSIFY,
  CLUSTERIP,
  ULOG,
  CONNMARK,
  CT,
  NOTRACK,
  DSCP,
  ECN,
  HMARK,
  IDLETIMER,
  LED,
  LOG,
  MARK,
  MASQUERADE,
  REDIRECT,
  DNAT,
  SNAT,
  NETMAP,
  NFLOG,
  NFQUEUE,
  DNPT,
  SNPT,
  RATEEST,
  REJECT4,
  REJECT6,
  SECMARK,
  CONNSECMARK,
  SET,
  SYNPROXY,
  TCPMSS,
  TCPOPTSTRIP,
  TEE,
  TOS,
  TPROXY,
  TRACE,
  TTL,
  HL,
] as const;
