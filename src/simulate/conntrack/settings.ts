/** The host's `net.netfilter.nf_conntrack_*`, read once each: every packet asks for some. */

import type { Run } from '../run.ts';

/** Their numbers. */
export const setting = {
  checksum: 0,
  tcp_loose: 1,
  tcp_no_window_check: 2,
  tcp_be_liberal: 3,
  tcp_ignore_invalid_rst: 4,
  tcp_max_retrans: 5,
  tcp_timeout_none: 6,
  tcp_timeout_syn_sent: 7,
  tcp_timeout_syn_recv: 8,
  tcp_timeout_established: 9,
  tcp_timeout_fin_wait: 10,
  tcp_timeout_close_wait: 11,
  tcp_timeout_last_ack: 12,
  tcp_timeout_time_wait: 13,
  tcp_timeout_close: 14,
  tcp_timeout_syn_sent2: 15,
  tcp_timeout_max_retrans: 16,
  tcp_timeout_unacknowledged: 17,
  udp_timeout: 18,
  udp_timeout_stream: 19,
  icmp_timeout: 20,
  icmpv6_timeout: 21,
  gre_timeout: 22,
  gre_timeout_stream: 23,
  generic_timeout: 24,
} as const;

const names = Object.keys(setting);

/** `absent`: the kernel's own default. */
export function settingOf(run: Run, number: number, absent: number): number {
  const value = run.compiled.settings[number] ?? readSetting(run, number);
  return Number.isNaN(value) ? absent : value;
}

function readSetting(run: Run, number: number): number {
  const value = readNamed(run, names[number] ?? '');
  run.compiled.settings[number] = value;
  return value;
}

/** NaN: not known. */
export function readNamed(run: Run, name: string): number {
  return Number(run.host.host.sysctls.get(`net.netfilter.nf_conntrack_${name}`) ?? Number.NaN);
}
