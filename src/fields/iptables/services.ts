/** Ports by service name. */

import { services } from '../../datatypes/names/services.ts';

/** Services of /etc/services (Debian's netbase) that UDP has alone; all others have a TCP port. */
const ofUdpAlone = new Set(
  `fsp fspd bootps bootpc tftp ntp netbios-ns netbios-dgm xdmcp ipx ptp-event ptp-general clearcase Clearcase isakmp
  asf-rmcp biff comsat who whod talk ntalk route router routed dhcpv6-client dhcpv6-server ms-sql-m l2f l2tp icpv2 icp
  ipsec-nat-t iax mdns babel afs3-fileserver afs3-callback afs3-prserver afs3-vlserver afs3-kaserver afs3-volser
  afs3-bos afs3-update afs3-rmtsys kerberos_master passwd-server passwd_server zephyr-srv zephyr-clt zephyr-hm
  moira-ureg moira_ureg predict rplay sgi-cmsd sgi-crsd sgi-gcd`.split(/\s+/),
);

const ofBoth = new Set(
  `echo discard sink null daytime chargen ttytst source time timserver tacacs domain kerberos kerberos5 krb5
  kerberos-sec sunrpc portmapper snmp snmp-trap snmptrap cmip-man cmip-agent rpc2portmap codaauth2 ldap svrloc https
  kpasswd rtsp ldp syslog gdomap ldaps tinc domain-s openvpn datametrics old-radius sa-msg-port old-radacct radius
  radius-acct radacct nfs gnunet rtcm-sc104 venus venus-se codasrv codasrv-se mon isns nut sip sip-tls gnutella-svc
  gnutella-rtr kerberos4 kerberos-iv kdc kerberos-master asp`.split(/\s+/),
);

/** The port of a service, whatever protocol it is registered for (getaddrinfo()). */
export function serviceToPort(name: string): number | undefined {
  return services.numbers.get(name);
}

/** The port that a service has with the protocol of this number (getservbyname()). */
export function serviceOfProtocol(name: string, protocol: number | undefined): number | undefined {
  const known =
    protocol === 6
      ? !ofUdpAlone.has(name)
      : protocol === 17
        ? ofUdpAlone.has(name) || ofBoth.has(name)
        : protocol === 132 && name === 'amqp';
  return known ? serviceToPort(name) : undefined;
}
