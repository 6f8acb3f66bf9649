/** Zones (nf_conntrack_zones.h): a number, and the directions it holds in; the other direction is in zone 0. */

type ZoneDirection = 'both' | 'original' | 'reply';

const directions: readonly ZoneDirection[] = ['both', 'original', 'reply'];

/** One number for both: the identifier in the low 16 bits, the directions above them. */
export function zoneNumber(id: number, direction: ZoneDirection = 'both'): number {
  return (id & 0xffff) | (directions.indexOf(direction) << 16);
}

export function zoneId(zone: number): number {
  return zone & 0xffff;
}

export function zoneDirection(zone: number): ZoneDirection {
  return directions[zone >>> 16] ?? 'both';
}

/** nf_ct_zone_id(): the zone that holds in one direction. */
export function zoneIn(zone: number, reply: boolean): number {
  const code = zone >>> 16;
  return code === 0 || code === (reply ? 2 : 1) ? zone & 0xffff : 0;
}
