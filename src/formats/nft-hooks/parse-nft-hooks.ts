/** Reads `nft list hooks`. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { HookFunction } from '../../host/hook-order.ts';
import { addWarning, lineSpan, linesOf, notUnderstood, quoted } from '../host-text/lines.ts';

interface Place {
  family?: string;
  hook?: string;
  device?: string;
}

const familyLine = /^\s*family\s+(\w+)(?:\s+hook\s+(\w+))?(?:\s+device\s+(\S+))?\s*\{$/;
const hookLine = /^\s*hook\s+(?:netdev\s+)?(\w+)(?:\s+device\s+(\S+))?\s*\{$/;
const functionWords = /^([+-]?\d{1,11})\s+(\S.*)$/;

/** The functions in the order of the listing, which is the order in which they run. */
export function parseNftHooks(source: Source): Result<readonly HookFunction[]> {
  const diagnostics: Diagnostic[] = [];
  const value: HookFunction[] = [];
  let place: Place = {};
  for (const line of linesOf(source)) {
    const comment = line.text.indexOf(' #');
    const text = (comment < 0 ? line.text : line.text.slice(0, comment)).trim();
    const next = enter(text, place);
    const found = next === undefined ? readFunction(text, place) : undefined;
    if (next !== undefined) place = next;
    else if (found !== undefined) value.push(found);
    else
      addWarning(
        diagnostics,
        notUnderstood(
          lineSpan(source, line),
          `not part of a list of hooks: ${quoted(text.trim())}`,
        ),
      );
  }
  return { value, diagnostics };
}

/** The place after a line that opens or closes a block; undefined for other lines. */
function enter(text: string, place: Place): Place | undefined {
  const [, family, hookOfFamily, deviceOfFamily] = familyLine.exec(text) ?? [];
  if (family !== undefined) return placeOf(family, hookOfFamily, deviceOfFamily);
  const [, hook, device] = hookLine.exec(text) ?? [];
  if (hook !== undefined && place.family !== undefined) return placeOf(place.family, hook, device);
  if (text.trim() !== '}') return undefined;
  return place.hook === undefined || place.family === undefined ? {} : { family: place.family };
}

function placeOf(family: string, hook: string | undefined, device: string | undefined): Place {
  return {
    family,
    ...(hook === undefined ? {} : { hook }),
    ...(device === undefined ? {} : { device }),
  };
}

function readFunction(text: string, place: Place): HookFunction | undefined {
  const [, priority, rest] = functionWords.exec(text) ?? [];
  if (
    priority === undefined ||
    rest === undefined ||
    place.family === undefined ||
    place.hook === undefined
  ) {
    return undefined;
  }
  const bracket = rest.endsWith(']') ? rest.lastIndexOf(' [') : -1;
  const module = bracket < 0 ? undefined : rest.slice(bracket + 2, -1);
  const what = bracket < 0 ? rest : rest.slice(0, bracket).trimEnd();
  return {
    family: place.family,
    hook: place.hook,
    ...(place.device === undefined ? {} : { device: place.device }),
    priority: Number(priority),
    ...readIdentity(what),
    ...(module === undefined ? {} : { module }),
  };
}

function readIdentity(what: string): Pick<HookFunction, 'chain' | 'flowtable' | 'functionName'> {
  const [kind, family, table, name, ...rest] = what.split(/\s+/);
  if (family === undefined || table === undefined || name === undefined || rest.length > 0)
    return { functionName: what };
  if (kind === 'chain') return { chain: { family, table, chain: name } };
  return kind === 'flowtable'
    ? { flowtable: { family, table, flowtable: name } }
    : { functionName: what };
}
