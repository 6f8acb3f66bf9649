/** Corpus calls about names, hashes and marks. */

import { parseSelector } from '../../../grammar/calico-selector/parse-selector.ts';
import { complement, hex, parseMark } from '../../../src/generate/calico/hex.ts';
import {
  allMarks,
  allocateBlock,
  allocateMarks,
  endpointMarkAllocator,
  freePositions,
  markBits,
  markFromNumber,
  numberFromMark,
} from '../../../src/generate/calico/marks.ts';
import {
  ipSetName,
  lengthLimitedId,
  maximumChainName,
  nflogPrefix,
  nftSetName,
  policyGroupChainName,
  workloadInterfaceName,
} from '../../../src/generate/calico/names.ts';
import { isRecord, textOf, textsOf } from '../../../src/generate/calico/plain-data.ts';
import {
  appendedSeedSuffix,
  iptablesHashes,
  nftHashes,
} from '../../../src/generate/calico/render/rendered.ts';
import { selectorSet } from '../../../src/generate/calico/selectors/selector.ts';
import type { Call } from './case.ts';

const markOf = (value: unknown): number => parseMark(textOf(value)) ?? 0;
const hexOrNull = (value: number | undefined): string | null =>
  value === undefined ? null : hex(value);

const bothNames = (prefix: string, suffix: string) => ({
  iptables: lengthLimitedId(prefix, suffix, maximumChainName.iptables),
  nftables: lengthLimitedId(prefix, suffix, maximumChainName.nftables),
});

const ruleHashes: Call = ({ dataplane, input }) => {
  const rules = textsOf(input.rules);
  const layered = textOf(input.chain);
  const seed = input.role === 'appended' ? `${layered}${appendedSeedSuffix}` : layered;
  const nft = input.dataplane === 'nftables' || dataplane === 'nftables';
  return { hashes: nft ? nftHashes(seed, rules) : iptablesHashes(seed, rules) };
};

const allocateBits: Call = ({ input }) => {
  let bits = markBits(markOf(input.mask));
  const requests = Array.isArray(input.requests) ? input.requests : [];
  const results = requests.map((request: unknown) => {
    const size = isRecord(request) ? Number(request.block) : 1;
    const block = allocateBlock(bits, size);
    if (block === undefined) return null;
    bits = block.rest;
    return {
      mark: hex(block.mark),
      bits: block.bits,
      free_bits: bits.free.length,
      positions: freePositions(bits),
    };
  });
  return { results };
};

const lastByte = (name: string): number => name.charCodeAt(name.length - 1);

const endpointMarks: Call = ({ input }) => {
  const stub = textOf(input.hash).includes('last byte') ? lastByte : undefined;
  const allocator = endpointMarkAllocator(markOf(input.mask), markOf(input.non_cali_mark), stub);
  if (input.sequence === undefined)
    return { mark: hexOrNull(allocator.allocate(textOf(input.name))) };
  const marks = textsOf(input.sequence).flatMap((step) => {
    const released = /^release (.*)$/.exec(step)?.[1];
    if (released === undefined) return [hexOrNull(allocator.allocate(step))];
    allocator.release(released);
    return [];
  });
  return { marks };
};

const markAllocation: Call = ({ input, expect }) => {
  const marks = allocateMarks(markOf(input.mask), input.wireguard === true);
  if (marks === undefined) return null;
  const all = allMarks(marks);
  const every: Readonly<Record<string, string>> = {
    accept: hex(marks.accept),
    pass: hex(marks.pass),
    drop: hex(marks.drop),
    scratch0: hex(marks.scratch0),
    scratch1: hex(marks.scratch1),
    endpoint: hex(marks.endpoint),
    ...(marks.wireguard === 0 ? {} : { wireguard: hex(marks.wireguard) }),
    clear_all: hex(all),
    clear_all_nft_and: hex(complement(all)),
    forward_clear_nft_and: hex(complement(all & ~marks.accept)),
    policy_clear_nft_and: hex(complement(marks.accept | marks.pass)),
  };
  // Derived masks are recorded in some cases only; bits are recorded in all.
  const derived = Object.keys(every).filter((key) => key.includes('clear') && !(key in expect));
  return Object.fromEntries(Object.entries(every).filter(([key]) => !derived.includes(key)));
};

export const nameCalls: Readonly<Record<string, Call>> = {
  'length-limited-id': ({ input }) => ({
    id: lengthLimitedId(textOf(input.prefix), textOf(input.suffix), Number(input.max)),
  }),
  'profile-chain-name': ({ input }) => bothNames(textOf(input.prefix), textOf(input.profile)),
  'policy-chain-name': ({ input }) =>
    bothNames(textOf(input.prefix), `${textOf(input.tier)}/${textOf(input.policy)}`),
  'policy-group-chain-name': ({ input }) => ({
    chain: policyGroupChainName({
      tier: textOf(input.tier),
      selector: textOf(input.selector),
      direction: input.direction === 'inbound' ? 'ingress' : 'egress',
      policies: textsOf(input.policies),
    }),
  }),
  'workload-interface-name': ({ input }) => ({
    interface: workloadInterfaceName(
      textOf(input.prefix),
      textOf(input.namespace),
      textOf(input.pod),
    ),
  }),
  'ipset-name': ({ input }) => {
    const name = ipSetName(textOf(input.id), Number(input.ip_version) === 6 ? 6 : 4);
    return { name, nft_name: nftSetName(name) };
  },
  'nflog-prefix': ({ input }) => ({ prefix: nflogPrefix(textOf(input.raw)) }),
  'rule-hashes': ruleHashes,
  'mark-bits-init': ({ input }) => {
    const bits = markBits(markOf(input.mask));
    return { free_bits: bits.free.length, positions: freePositions(bits) };
  },
  'mark-bits-allocate': allocateBits,
  'mark-from-number': ({ input }) => ({
    mark: hexOrNull(markFromNumber(markOf(input.mask), Number(input.number))),
  }),
  'number-from-mark': ({ input }) => ({
    number: numberFromMark(markOf(input.mask), markOf(input.mark)) ?? null,
  }),
  'endpoint-mark': endpointMarks,
  'endpoint-mark-allocate': endpointMarks,
  'felix-mark-allocation': markAllocation,
  'selector-parse': ({ input }) => {
    const { value } = parseSelector({ name: 'selector', text: textOf(input.selector) });
    if (value === undefined) return { error: true };
    const { id, normalised } = selectorSet(value);
    return { id, normalized: normalised };
  },
};
