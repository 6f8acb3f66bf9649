/** Reads `sysctl -a`: `key = value`. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { addWarning, lineSpan, linesOf, notUnderstood, quoted } from '../host-text/lines.ts';

/**
 * Values by dotted key. sysctl prints a dot of a device name as `/` (`net.ipv4.conf.eth0/5.rp_filter`); keys here have
 * the device's own name, whichever separator was written.
 */
export function parseSysctl(source: Source): Result<ReadonlyMap<string, string>> {
  const diagnostics: Diagnostic[] = [];
  const value = new Map<string, string>();
  for (const line of linesOf(source)) {
    const separator = line.text.indexOf('=');
    const key = separator < 0 ? '' : line.text.slice(0, separator).trim();
    if (/^-?[A-Za-z0-9_]\S*$/.test(key)) {
      value.set(key.replace(/^-/, '').replaceAll('/', '.'), line.text.slice(separator + 1).trim());
    } else if (!/^\s*[;#]|^sysctl: /.test(line.text)) {
      addWarning(
        diagnostics,
        notUnderstood(lineSpan(source, line), `not a sysctl: ${quoted(line.text.trim())}`),
      );
    }
  }
  return { value, diagnostics };
}
