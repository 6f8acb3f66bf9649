/** Replayed scenarios as text: a heading for each packet, then the kernel's events and what was found instead. */

import type { PacketDivergence, ScenarioDivergence } from './divergence.ts';

const margin = (text: string | number): string => `${text}`.padStart(5);

/** One event a line; where the two sides differ, both, each by its name. */
function eventText({ kernel, simulated }: PacketDivergence): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < Math.max(kernel.length, simulated.length); index++) {
    const wanted = kernel[index];
    const found = simulated[index];
    if (wanted === found) lines.push(`${margin(index)}  ${wanted}`);
    else {
      lines.push(`${margin(index)}  kernel     ${wanted ?? '(none)'}`);
      lines.push(`${margin('')}  simulated  ${found ?? '(none)'}`);
    }
  }
  return lines;
}

function packetText(name: string, packet: PacketDivergence): readonly string[] {
  const verdict = packet.divergence ?? 'agrees';
  return [`${name} packet ${packet.packet} (${packet.at}): ${verdict}`, ...eventText(packet)];
}

/** Empty when everything agrees and `all` is not wanted. */
export function scenarioText(scenario: ScenarioDivergence, all: boolean): string {
  const { scenario: name, errors, packets, final, accepted } = scenario;
  const shown = packets.filter(({ divergence }) => all || divergence !== undefined);
  const lines = [
    ...errors.map((error) => `${name} does not load: ${error}`),
    ...shown.flatMap((packet) => packetText(name, packet)),
    ...(final === undefined ? [] : [`${name} afterwards: ${final}`]),
    ...accepted.map((line) => `${name} ${line}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

export interface ReplaySummary {
  readonly scenarios: number;
  readonly packets: number;
  readonly divergingScenarios: number;
  readonly divergingPackets: number;
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

export function summaryText(summary: ReplaySummary): string {
  const { scenarios, packets, divergingScenarios, divergingPackets } = summary;
  const played = `${counted(scenarios, 'scenario')}, ${counted(packets, 'packet')}`;
  if (divergingScenarios === 0) return `${played}: everything agrees\n`;
  const what = `${counted(divergingPackets, 'packet')} in ${counted(divergingScenarios, 'scenario')}`;
  return `${played}: divergences in ${what}\n`;
}
