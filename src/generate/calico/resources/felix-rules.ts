/** Backend rules to Felix's: selectors, named ports and services become IP sets (felix/calc, rule scanner). */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import { ipSetId } from '../names.ts';
import type { IcmpMatch, PolicyRule, RuleHalf, RuleSide } from '../policy-rule.ts';
import type { PortRange } from '../rules/match.ts';
import { readSelector, type Selector, selectorSet } from '../selectors/selector.ts';
import type { BackendRule, BackendSide } from './backend-rule.ts';
import { portRangeOf } from './kubernetes-policy.ts';
import type { CalicoPort, IcmpFields } from './policy-objects.ts';

export type NamedPortProtocol = 'tcp' | 'udp' | 'sctp';

/** What an IP set holds. */
export type IpSetContent =
  | { readonly kind: 'selector'; readonly selector: Selector; readonly text: string }
  | {
      readonly kind: 'named-port';
      readonly selector: Selector;
      readonly text: string;
      readonly port: string;
      readonly protocol: NamedPortProtocol;
    }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly withPorts: boolean;
    };

export interface IpSetDefinition {
  readonly id: string;
  readonly content: IpSetContent;
}

export interface ConvertedRule {
  readonly rule: PolicyRule;
  /** In the order in which Felix activates them. */
  readonly sets: readonly IpSetDefinition[];
}

interface ConversionContext {
  /** Where the rule stands, for messages. */
  readonly where: string;
  readonly diagnostics: Diagnostic[];
}

const all = (where: string): Selector | undefined => readSelector('all()', where, []);

function selectorDefinition(selector: Selector): IpSetDefinition {
  const { id, normalised } = selectorSet(selector);
  return { id, content: { kind: 'selector', selector, text: normalised } };
}

function namedPortDefinition(
  selector: Selector,
  protocol: NamedPortProtocol,
  port: string,
): IpSetDefinition {
  const { id, normalised } = selectorSet(selector);
  return {
    id: ipSetId('n', `${id},${protocol},${port}`),
    content: { kind: 'named-port', selector, text: normalised, port, protocol },
  };
}

function serviceDefinition(
  { namespace, name }: NonNullable<BackendSide['service']>,
  withPorts: boolean,
): IpSetDefinition {
  return {
    id: ipSetId(withPorts ? 'svc' : 'svcnoport', `${namespace}/${name}`),
    content: { kind: 'service', namespace, name, withPorts },
  };
}

function namedPortProtocol(protocol: BackendRule['protocol']): NamedPortProtocol {
  if (protocol === 'udp' || protocol === 17) return 'udp';
  return protocol === 'sctp' || protocol === 132 ? 'sctp' : 'tcp';
}

interface SplitPorts {
  readonly numeric: readonly PortRange[];
  readonly named: readonly string[];
}

function splitNames(ports: readonly CalicoPort[]): SplitPorts {
  const numeric = ports.flatMap((port) => portRangeOf(port) ?? []);
  const named = ports.filter(
    (port): port is string => typeof port === 'string' && portRangeOf(port) === undefined,
  );
  return { numeric, named };
}

interface ConvertedSide {
  readonly match: RuleSide;
  readonly not: RuleSide;
  readonly namedPorts: readonly IpSetDefinition[];
  readonly notNamedPorts: readonly IpSetDefinition[];
  readonly selected: readonly IpSetDefinition[];
  readonly notSelected: readonly IpSetDefinition[];
  readonly withPorts: readonly IpSetDefinition[];
}

/** A positive selector takes the negated one in, which makes one smaller set of two. */
function selectorTexts({ selector, notSelector }: BackendSide): {
  readonly positive: string;
  readonly negated: string;
} {
  if (selector === '' || notSelector === '') return { positive: selector, negated: notSelector };
  return { positive: `(${selector}) && (!(${notSelector}))`, negated: '' };
}

const ids = (sets: readonly IpSetDefinition[]): readonly string[] => sets.map(({ id }) => id);

function convertSide(
  side: BackendSide,
  name: 'source' | 'destination',
  protocol: NamedPortProtocol,
  context: ConversionContext,
): ConvertedSide {
  const where = `${context.where} ${name}`;
  const { positive, negated } = selectorTexts(side);
  const read = (text: string): Selector | undefined =>
    text === '' ? undefined : readSelector(text, where, context.diagnostics);
  const selector = read(positive);
  const notSelector = read(negated);
  const ports = splitNames(side.ports);
  const notPorts = splitNames(side.notPorts);
  const restriction = selector ?? all(where);
  const named = (names: readonly string[]): readonly IpSetDefinition[] =>
    restriction === undefined
      ? []
      : names.map((port) => namedPortDefinition(restriction, protocol, port));
  const namedPorts = named(ports.named);
  const notNamedPorts = named(notPorts.named);
  // Sets of named ports hold only what the selector selects, so they stand for it unless numbers do.
  const needed = ports.numeric.length > 0 || ports.named.length === 0;
  const service =
    side.service === undefined ? [] : [serviceDefinition(side.service, name === 'destination')];
  const selected = [
    ...(selector === undefined || !needed ? [] : [selectorDefinition(selector)]),
    ...(name === 'source' ? service : []),
  ];
  const notSelected = notSelector === undefined ? [] : [selectorDefinition(notSelector)];
  const withPorts = name === 'destination' ? service : [];
  return {
    match: {
      networks: side.networks,
      ports: ports.numeric,
      sets: ids(selected),
      namedPortSets: ids(namedPorts),
      portSets: ids(withPorts),
    },
    not: {
      networks: side.notNetworks,
      ports: notPorts.numeric,
      sets: ids(notSelected),
      namedPortSets: ids(notNamedPorts),
      portSets: [],
    },
    namedPorts,
    notNamedPorts,
    selected,
    notSelected,
    withPorts,
  };
}

function icmpOf(fields: IcmpFields | undefined): { readonly icmp?: IcmpMatch } {
  const type = fields?.type;
  if (type === null || type === undefined) return {};
  const code = fields?.code;
  return { icmp: code === null || code === undefined ? { type } : { type, code } };
}

function protocolOf(protocol: string | number | undefined): Pick<RuleHalf, 'protocol'> {
  return protocol === undefined ? {} : { protocol };
}

function versionOf({ protocol, version }: BackendRule): Pick<PolicyRule, 'version'> {
  if (protocol === 'icmp') return { version: 4 };
  if (protocol === 'icmpv6') return { version: 6 };
  return version === 4 || version === 6 ? { version } : {};
}

function actionOf(action: string): PolicyRule['action'] {
  switch (action) {
    case 'allow':
    case 'deny':
    case 'pass':
    case 'next-tier':
    case 'log':
      return action;
    default:
      return '';
  }
}

export function felixRule(rule: BackendRule, context: ConversionContext): ConvertedRule {
  const protocol = namedPortProtocol(rule.protocol);
  const source = convertSide(rule.source, 'source', protocol, context);
  const destination = convertSide(rule.destination, 'destination', protocol, context);
  return {
    rule: {
      action: actionOf(rule.action),
      ...versionOf(rule),
      match: {
        ...protocolOf(rule.protocol),
        ...icmpOf(rule.icmp),
        source: source.match,
        destination: destination.match,
      },
      not: {
        ...protocolOf(rule.notProtocol),
        ...icmpOf(rule.notIcmp),
        source: source.not,
        destination: destination.not,
      },
      annotations: rule.annotations,
    },
    sets: [
      ...source.namedPorts,
      ...destination.namedPorts,
      ...source.notNamedPorts,
      ...destination.notNamedPorts,
      ...source.selected,
      ...destination.selected,
      ...destination.withPorts,
      ...source.notSelected,
      ...destination.notSelected,
    ],
  };
}
