/** nat, masq, redir: the statements that bind a new connection (nft_nat.c, nft_masq.c, nft_redir.c). */

import type {
  MasqOperation,
  NatOperation,
  RedirOperation,
  Register,
} from '../../model/operations.ts';
import { read16 } from '../../packet/bytes.ts';
import { anyConnection } from '../conntrack/template.ts';
import { tupleAddressAt } from '../conntrack/tuple-address.ts';
import { ipFamily } from '../live-packet.ts';
import { bindMasquerade, bindRange, bindRedirect, netmapRange } from '../nat/bind.ts';
import { hasFlag, type NatRange, rangeFlag } from '../nat/range.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';

interface PartRegisters {
  readonly protocolMin?: Register;
  readonly protocolMax?: Register;
  readonly flags: number;
}

function partRange(evaluation: Evaluation, operation: PartRegisters): NatRange {
  const { protocolMin, protocolMax, flags } = operation;
  if (protocolMin === undefined) return { flags };
  const { bytes } = evaluation.registers;
  return {
    flags: flags | rangeFlag.protocolSpecified,
    partMin: read16(bytes, registerOffset(protocolMin)),
    partMax: read16(bytes, registerOffset(protocolMax ?? protocolMin)),
  };
}

function addressRange(
  { registers: { bytes } }: Evaluation,
  operation: NatOperation,
  addressMin: Register,
  size: 4 | 16,
): NatRange {
  const { addressMax = addressMin, protocolMin } = operation;
  const low = registerOffset(addressMin);
  const high = registerOffset(addressMax);
  const first = tupleAddressAt(bytes, low, size);
  const last = high === low ? first : tupleAddressAt(bytes, high, size);
  const flags = operation.flags | rangeFlag.mapAddresses;
  if (protocolMin === undefined) return { flags, addressMin: first, addressMax: last };
  return {
    flags: flags | rangeFlag.protocolSpecified,
    addressMin: first,
    addressMax: last,
    partMin: read16(bytes, registerOffset(protocolMin)),
    partMax: read16(bytes, registerOffset(operation.protocolMax ?? protocolMin)),
  };
}

export function prepareNat(operation: NatOperation): Step {
  const manipulation = operation.type === 'snat' ? 'source' : 'destination';
  const { addressMin } = operation;
  return (evaluation) => {
    const { packet, run, registers } = evaluation;
    const family = ipFamily(packet);
    const wanted = operation.family === 'ip' ? 4 : operation.family === 'ip6' ? 6 : family;
    if (family !== wanted || anyConnection(packet) === undefined) return;
    let range =
      addressMin === undefined
        ? partRange(evaluation, operation)
        : addressRange(evaluation, operation, addressMin, family === 4 ? 4 : 16);
    if (addressMin !== undefined && hasFlag(range, rangeFlag.netmap))
      range = netmapRange(packet, range, manipulation);
    registers.verdict = bindRange(run, packet, range, manipulation);
  };
}

export function prepareMasq(operation: MasqOperation): Step {
  return (evaluation) => {
    const { packet, run, state, registers } = evaluation;
    registers.verdict = bindMasquerade(run, packet, state, partRange(evaluation, operation));
  };
}

export function prepareRedir(operation: RedirOperation): Step {
  return (evaluation) => {
    const { packet, run, state, registers } = evaluation;
    registers.verdict = bindRedirect(run, packet, state, partRange(evaluation, operation));
  };
}
