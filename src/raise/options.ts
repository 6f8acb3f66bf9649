/** What raising needs besides the program. */

import { debianEnvironment, type NameEnvironment } from '../datatypes/environment.ts';
import type { XtMatch, XtTarget } from '../model/xt.ts';

/** An xtables extension as nft prints it through libxtables; undefined where it has no translation. */
export type TranslateXt = (
  extension:
    | { readonly type: 'match'; readonly value: XtMatch }
    | { readonly type: 'target'; readonly value: XtTarget },
) => string | undefined;

export interface RaiseOptions {
  readonly environment?: NameEnvironment;
  readonly translateXt?: TranslateXt;
}

export interface RaiseSettings {
  readonly environment: NameEnvironment;
  readonly translateXt: TranslateXt;
}

export function raiseSettings(options: RaiseOptions): RaiseSettings {
  return {
    environment: options.environment ?? debianEnvironment,
    translateXt: options.translateXt ?? (() => undefined),
  };
}
