/** What decides how a listing is written: nft's output options. */

import type { Node } from '../../../ast/nft/node.ts';
import { debianEnvironment, type NameEnvironment } from '../../../datatypes/environment.ts';
import type { FormatOptions } from '../../../datatypes/format-options.ts';
import type { Dialect } from '../../../raise/options.ts';

/** The nft whose listing is written. */
export type { Dialect };

export interface PrintOptions {
  /** `-s`: without counters, used quota and expiry times. */
  readonly stateless?: boolean;
  /** `-a`: with handles, where they are known. */
  readonly handles?: boolean;
  /** `-t`: without the elements of named sets. */
  readonly terse?: boolean;
  readonly numericPriority?: boolean;
  readonly numericProtocols?: boolean;
  readonly numericTime?: boolean;
  readonly numericSymbols?: boolean;
  /** `-S` */
  readonly services?: boolean;
  /** `-u` */
  readonly identityNames?: boolean;
  readonly dialect?: Dialect;
  readonly environment?: NameEnvironment;
}

export interface PrintContext {
  readonly stateless: boolean;
  readonly handles: boolean;
  readonly terse: boolean;
  readonly dialect: Dialect;
  /** Words and numbers of a parsed tree keep their spelling. */
  readonly written: boolean;
  readonly format: FormatOptions;
}

export function printContext(options: PrintOptions, written = false): PrintContext {
  return {
    stateless: options.stateless ?? false,
    handles: options.handles ?? false,
    terse: options.terse ?? false,
    dialect: options.dialect ?? '1.1.7',
    written,
    format: {
      environment: options.environment ?? debianEnvironment,
      numericPriority: options.numericPriority ?? false,
      numericProtocols: options.numericProtocols ?? false,
      numericTime: options.numericTime ?? false,
      numericSymbols: options.numericSymbols ?? false,
      services: options.services ?? false,
      identityNames: options.identityNames ?? false,
    },
  };
}

export function statelessContext(context: PrintContext): PrintContext {
  return context.stateless ? context : { ...context, stateless: true };
}

/** Ends of ranges are listed as numbers (nft: range_expr_print). */
export function rangeContext(context: PrintContext): PrintContext {
  const format: FormatOptions = {
    ...context.format,
    numericProtocols: true,
    numericSymbols: true,
    durationsInSeconds: true,
    services: false,
    identityNames: false,
  };
  return { ...context, format };
}

/** What stands in the input where the node was read, in `written` mode. */
export function spelling({ span }: Node, context: PrintContext): string {
  return context.written ? span.source.text.slice(span.start, span.end) : '';
}

/** ` # handle 7` under `-a`. */
export function handleSuffix(handle: number | undefined, context: PrintContext): string {
  return context.handles && handle !== undefined ? ` # handle ${handle}` : '';
}
