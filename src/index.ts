/**
 * The public API, in the order of the pipeline: text → ast → program → simulation → report. Named functions over plain
 * data; user mistakes come back as diagnostics. Loading this module loads the grammars.
 */

export type { IptablesRuleset } from './ast/iptables.ts';
export type { Expression } from './ast/nft/expressions.ts';
export type { Chain, Rule, Ruleset, SetDeclaration, Table } from './ast/nft/ruleset.ts';
export type { Statement } from './ast/nft/statements.ts';
export { catalogue } from './base/catalogue.ts';
export type { Diagnostic, DiagnosticCode, Result, Severity } from './base/diagnostic.ts';
export type { Source, Span } from './base/span.ts';
export { debianEnvironment, type NameEnvironment } from './datatypes/environment.ts';
export { printBytecode } from './formats/bytecode/print.ts';
export { loadIpsetSave } from './formats/ipset/load-ipset-save.ts';
export { printIpsetSave } from './formats/ipset/print-ipset-save.ts';
export { loadIptablesSave } from './formats/iptables-save/load.ts';
export { printIptablesSave } from './formats/iptables-save/print.ts';
export { listIptablesAsNft } from './formats/iptables-translate/list-as-nft.ts';
export { translateIptables } from './formats/iptables-translate/translate.ts';
export { listNft as printNft, listNftJson as writeNftJson } from './formats/nft/list.ts';
export { type LoadEnvironment, type LoadOptions, loadNft } from './formats/nft/load.ts';
export { type PrintOptions, printWritten } from './formats/nft/print.ts';
export { readNftJson } from './formats/nft-json/read.ts';
export { readHostFacts } from './formats/snapshot/read-host-facts.ts';
export { snapshotScript } from './formats/snapshot/snapshot-script.ts';
export { type CalicoExplainer, explainCalico } from './generate/calico/explain.ts';
export type { CalicoInput, CalicoOptions } from './generate/calico/generate-calico.ts';
export { readCalicoInput } from './generate/calico/read-input.ts';
export type { KubeProxyInput } from './generate/kube-proxy/generate-kube-proxy.ts';
export { readKubeProxyInputs } from './generate/kube-proxy/read-input.ts';
export { generateCalico, generateKubeProxy } from './generated.ts';
export { buildHost } from './host/build-host.ts';
export type { Host, HostFacts } from './host/host.ts';
export { type PreparedHost, prepareHost } from './host/prepared-host.ts';
export { type SnapshotKind, snapshotFiles } from './host/snapshot-files.ts';
export { lowerIptables } from './lower/iptables/lower-iptables.ts';
export { type LowerOptions, lower } from './lower/lower.ts';
export { completeXt } from './model/complete-xt.ts';
export type { Operation, OperationKind } from './model/operations.ts';
export type { Program } from './model/program.ts';
export { buildFrame, buildPacket, type PacketDescription } from './packet/build.ts';
export { raise } from './raise/raise.ts';
export { formatDiagnostic } from './report/diagnostic-text.ts';
export { fateText } from './report/fate-text.ts';
export { nftMonitorLines } from './report/trace/nft-monitor.ts';
export { traceLines } from './report/trace/trace-text.ts';
export type {
  Exploration,
  ExploreOptions,
  Outcome,
  PacketInput,
  SimulateOptions,
  SimulationResult,
  SimulationState,
} from './simulate/api.ts';
export { type CompiledProgram, compileProgram } from './simulate/compile.ts';
export { explore } from './simulate/explore.ts';
export { type Flow, simulateFlow } from './simulate/flow.ts';
export { mergePrograms } from './simulate/merge-programs.ts';
export {
  type MatchedRule,
  newRuleTrace,
  type RuleTrace,
  readRuleTrace,
} from './simulate/rule-trace.ts';
export { initialState, simulate } from './simulate/simulate.ts';
export { type StreamOptions, simulateMany } from './simulate/simulate-many.ts';
export type { Choice, Chooser } from './trace/choice.ts';
export type { TraceEvent } from './trace/event.ts';
export { type Fate, type FateReason, fateReasons } from './trace/fate.ts';
export { listRecorder, type Recorder } from './trace/recorder.ts';
