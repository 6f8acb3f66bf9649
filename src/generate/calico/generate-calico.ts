/** Calico's rules for one node, in both modes: the library's entry. */

import type { IptablesRuleset } from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { generatedSpan } from '../../base/span.ts';
import type { RawObject } from '../kubernetes/objects.ts';
import { networkVersion } from './chains/rule-version.ts';
import { readFelixModel } from './felix-model.ts';
import { iptablesRuleset } from './iptables-ruleset.ts';
import type { FelixModel } from './model.ts';
import type { Dataplane } from './names.ts';
import { type NftTable, nftTable } from './nft-table.ts';
import { pruneTable } from './prune.ts';
import { portsNeedProtocol } from './render/nftables-text.ts';
import { clusterModel } from './resources/cluster-model.ts';
import type { IpVersion } from './rules/match.ts';
import type { GeneratedChain, GeneratedRule } from './rules/rule.ts';
import { type GeneratedTable, offeredTables } from './tables.ts';

/** What the rules are made from: a cluster's objects, or what Felix computed from them. */
export type CalicoInput =
  | { readonly kind: 'objects'; readonly objects: readonly RawObject[] }
  | { readonly kind: 'felix-model'; readonly fields: Readonly<Record<string, unknown>> };

export interface CalicoOptions {
  readonly version?: IpVersion;
  /** Overrides what the input says. */
  readonly mode?: Dataplane;
  readonly node?: string;
}

/** Everything that is generated for one IP version. */
export interface GeneratedCalico {
  readonly model: FelixModel;
  /** Only chains that something leads to. */
  readonly tables: readonly GeneratedTable[];
  readonly output:
    | { readonly mode: 'iptables'; readonly ruleset: IptablesRuleset }
    | { readonly mode: 'nftables'; readonly table: NftTable };
}

function readModel(input: CalicoInput, options: CalicoOptions): Result<FelixModel> {
  const dataplane = options.mode === undefined ? {} : { dataplane: options.mode };
  if (input.kind === 'felix-model') {
    const version = options.version === undefined ? {} : { version: options.version };
    return readFelixModel(input.fields, { ...dataplane, ...version });
  }
  const node = options.node === undefined ? {} : { node: options.node };
  return clusterModel(input.objects, { version: options.version ?? 4, ...dataplane, ...node });
}

function refused(chain: GeneratedChain, reason: string): Diagnostic {
  const message = `chain ${chain.name}: ${reason}`;
  return { code: 'calico-not-loadable', span: generatedSpan, message };
}

/** What nft does not take of a rule that Felix 3.30 writes; undefined when it takes it. */
function nftRefusal({ match, action }: GeneratedRule): string | undefined {
  if (portsNeedProtocol(match)) return 'ports without tcp, udp or sctp';
  if (action?.kind === 'masquerade' && action.ports !== undefined) {
    return 'masquerade to a port range is written without a colon';
  }
  const icmp = match.find(({ kind }) => kind === 'icmp');
  const coded = icmp?.kind === 'icmp' && icmp.code !== undefined;
  return coded ? 'an icmp type and its code are written as one expression' : undefined;
}

function ofOtherVersion({ match }: GeneratedRule, version: IpVersion): string | undefined {
  const found = match.find(
    (criterion) => criterion.kind === 'network' && networkVersion(criterion.network) !== version,
  );
  return found?.kind === 'network' ? `${found.network} in rules of IPv${version}` : undefined;
}

/** The kernel's reject works in the filter table's hooks only. */
function iptablesRefusal(table: string, { action }: GeneratedRule): string | undefined {
  const rejects = action?.kind === 'reject' && table !== 'filter';
  return rejects ? `REJECT in table ${table}` : undefined;
}

/** Rules that Felix writes and the kernel or nft refuses. */
export function unloadableRules(
  tables: readonly GeneratedTable[],
  { version, config: { dataplane } }: FelixModel,
): readonly Diagnostic[] {
  return tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) => {
      const reasons = chain.rules.flatMap((generated) => {
        const inMode =
          dataplane === 'nftables' ? nftRefusal(generated) : iptablesRefusal(table.name, generated);
        return inMode ?? ofOtherVersion(generated, version) ?? [];
      });
      return [...new Set(reasons)].map((reason) => refused(chain, reason));
    }),
  );
}

/** The same node with other tables, for example only those of some endpoints. */
export function withTables(
  { model }: Pick<GeneratedCalico, 'model'>,
  tables: readonly GeneratedTable[],
): GeneratedCalico {
  return {
    model,
    tables,
    output:
      model.config.dataplane === 'iptables'
        ? { mode: 'iptables', ruleset: iptablesRuleset(tables, model) }
        : { mode: 'nftables', table: nftTable(tables, model) },
  };
}

/** Tables, chains and rules for a model that is complete. */
export function generateFromModel(model: FelixModel): GeneratedCalico {
  return withTables({ model }, offeredTables(model).map(pruneTable));
}

/** What Felix 3.30 programs on a node. */
export function generateCalico(
  input: CalicoInput,
  options: CalicoOptions = {},
): Result<GeneratedCalico> {
  const model = readModel(input, options);
  const value = generateFromModel(model.value);
  const unloadable = unloadableRules(value.tables, model.value);
  return { value, diagnostics: [...model.diagnostics, ...unloadable] };
}
