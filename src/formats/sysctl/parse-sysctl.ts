/** Reads `sysctl -a`: `key = value`. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { lineSpan, linesOf, notUnderstood, quoted } from '../host-text/lines.ts';

/**
 * Values by dotted key. sysctl prints a dot of a device name as `/` (`net.ipv4.conf.eth0/5.rp_filter`); keys here have
 * the device's own name, whichever separator was written.
 */
export function parseSysctl(source: Source): Result<ReadonlyMap<string, string>> {
  const diagnostics: Diagnostic[] = [];
  const value = new Map<string, string>();
  for (const line of linesOf(source)) {
    const match = /^\s*-?([A-Za-z0-9_][^=\s]*)\s*=\s*(.*?)\s*$/.exec(line.text);
    const key = match?.[1];
    if (key !== undefined) value.set(key.replaceAll('/', '.'), match?.[2] ?? '');
    else if (!/^\s*[;#]|^sysctl: /.test(line.text)) {
      diagnostics.push(
        notUnderstood(lineSpan(source, line), `not a sysctl: ${quoted(line.text.trim())}`),
      );
    }
  }
  return { value, diagnostics };
}
