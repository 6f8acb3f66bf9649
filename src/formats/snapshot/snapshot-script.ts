/** The shell script that an operator runs on a node to make a host folder. */

import { type SnapshotKind, snapshotFiles } from '../../host/snapshot-files.ts';

/** Kinds whose file is simply the output of the row's command. */
const plainKinds: ReadonlySet<SnapshotKind> = new Set<SnapshotKind>([
  'ip-addr',
  'ip-link',
  'ip-route',
  'ip-route6',
  'ip-rule',
  'ip-rule6',
  'ip-neigh',
  'bridge-fdb',
  'ipset',
  'nft-hooks',
  'ruleset',
  'ruleset-json',
]);

/**
 * POSIX sh. It only reads, writes into a directory that it makes, and leaves out what cannot be had with a note on
 * standard error. Secrets stay on the node: keys among the sysctls, the environment of containers, all Secret objects.
 */
export function snapshotScript(): string {
  const takes = snapshotFiles
    .filter(
      ({ file, kind }) =>
        plainKinds.has(kind) && (file === 'ruleset.json' || !file.endsWith('.json')),
    )
    .map(({ file, command }) => `take ${file} ${command}`);
  return [header, takes.join('\n'), conntrack, sysctl, iptables, kubernetes, footer].join('\n');
}

const header = `#!/bin/sh
# Takes a snapshot of this node's packet filter and network for nft-sim.
# Usage: sh snapshot.sh [DIRECTORY]      (as root; the directory must not exist yet)
set -u
umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

directory=\${1:-nft-sim-snapshot}
if ! mkdir -- "$directory"; then
	echo "snapshot: cannot make the directory $directory" >&2
	exit 1
fi
failure=$directory/.failure

note() {
	echo "snapshot: $*" >&2
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# take FILE COMMAND...: the file is the command's output, or is left out if the command fails
take() {
	file=$1
	shift
	if ! have "$1"; then
		note "no $file: $1 is not installed"
		return 0
	fi
	if ! "$@" >"$directory/$file" 2>"$failure"; then
		note "no $file: $* failed: $(head -n 1 "$failure")"
		rm -f -- "$directory/$file"
	fi
	rm -f -- "$failure"
}
`;

const conntrack = `
all_connections() {
	conntrack -L -f ipv4 -o extended || return 1
	conntrack -L -f ipv6 -o extended || :
}
if have conntrack; then
	take conntrack.txt all_connections
elif [ -r /proc/net/nf_conntrack ]; then
	take conntrack.txt cat /proc/net/nf_conntrack
else
	note "no conntrack.txt: conntrack is not installed"
fi
`;

const sysctl = `
network_settings() {
	sysctl -a 2>/dev/null | grep '^net\\.' | grep -v -i 'secret\\|_key'
}
if have sysctl; then
	take sysctl.txt network_settings
else
	note "no sysctl.txt: sysctl is not installed"
fi
`;

const iptables = `
# files below /proc have no size
has_tables() {
	[ -n "$(cat "$1" 2>/dev/null)" ]
}
# save FILE NAME TABLES: NAME-save is that of nft or of legacy; legacy tables are only read where there are some,
# as reading makes the kernel load them
save() {
	if have "$2-legacy-save"; then
		if has_tables "$3"; then take "$1-legacy.save" "$2-legacy-save"; fi
	elif have "$2-save" && "$2-save" -V 2>/dev/null | grep legacy >/dev/null; then
		if has_tables "$3"; then take "$1-legacy.save" "$2-save"; fi
		return 0
	fi
	if have "$2-nft-save"; then
		take "$1.save" "$2-nft-save"
	else
		take "$1.save" "$2-save"
	fi
}
save iptables iptables /proc/net/ip_tables_names
save ip6tables ip6tables /proc/net/ip6_tables_names
`;

/** Pods are printed field by field, since their environment and arguments may hold passwords. */
const podTemplate = [
  'apiVersion: v1{{"\\n"}}kind: List{{"\\n"}}items:{{"\\n"}}',
  '{{range .items}}- apiVersion: v1{{"\\n"}}  kind: Pod{{"\\n"}}  metadata:{{"\\n"}}',
  '    name: {{printf "%q" .metadata.name}}{{"\\n"}}    namespace: {{printf "%q" .metadata.namespace}}{{"\\n"}}',
  '{{if .metadata.labels}}    labels:{{"\\n"}}',
  '{{range $key, $value := .metadata.labels}}      {{printf "%q: %q" $key $value}}{{"\\n"}}{{end}}{{end}}',
  '  spec:{{"\\n"}}{{if .spec.nodeName}}    nodeName: {{printf "%q" .spec.nodeName}}{{"\\n"}}{{end}}',
  '{{if .spec.hostNetwork}}    hostNetwork: true{{"\\n"}}{{end}}',
  '{{if .spec.serviceAccountName}}    serviceAccountName: {{printf "%q" .spec.serviceAccountName}}{{"\\n"}}{{end}}',
  '    containers:{{"\\n"}}{{range .spec.containers}}    - name: {{printf "%q" .name}}{{"\\n"}}',
  '{{if .ports}}      ports:{{"\\n"}}{{range .ports}}      - containerPort: {{.containerPort}}{{"\\n"}}',
  '{{if .name}}        name: {{printf "%q" .name}}{{"\\n"}}{{end}}',
  '{{if .protocol}}        protocol: {{.protocol}}{{"\\n"}}{{end}}',
  '{{if .hostPort}}        hostPort: {{.hostPort}}{{"\\n"}}{{end}}{{end}}{{end}}{{end}}',
  '  status:{{"\\n"}}{{if .status.phase}}    phase: {{.status.phase}}{{"\\n"}}{{end}}',
  '{{if .status.podIP}}    podIP: {{printf "%q" .status.podIP}}{{"\\n"}}{{end}}',
  '{{if .status.podIPs}}    podIPs:{{"\\n"}}{{range .status.podIPs}}    - ip: {{printf "%q" .ip}}{{"\\n"}}{{end}}{{end}}{{end}}',
].join('');

const calicoKinds = (
  'ippools felixconfigurations globalnetworkpolicies networkpolicies globalnetworksets networksets hostendpoints ' +
  'tiers stagedglobalnetworkpolicies stagednetworkpolicies blockaffinities'
)
  .split(' ')
  .map((kind) => `${kind}.crd.projectcalico.org`);

const kubernetes = `
cluster_objects() {
	kubectl get services,endpointslices,nodes,namespaces,networkpolicies -A -o yaml || return 1
	echo ---
	kubectl get pods -A -o go-template='${podTemplate}'
}
calico_objects() {
	for kind in ${calicoKinds.join(' ')}; do
		if kubectl get "$kind" -A -o yaml 2>/dev/null; then echo ---; fi
	done
}
if have kubectl && kubectl --request-timeout=10s get nodes >/dev/null 2>&1; then
	take kubernetes.yaml cluster_objects
	if kubectl get crd ippools.crd.projectcalico.org >/dev/null 2>&1; then
		take calico.yaml calico_objects
	fi
else
	note "no kubernetes.yaml: kubectl is not installed or does not reach a cluster"
fi
`;

const footer = `
# an nft or a kernel that cannot list hooks prints nothing
[ -s "$directory/nft-hooks.txt" ] || rm -f -- "$directory/nft-hooks.txt"
rm -f -- "$failure"
note "done: $directory"
`;
