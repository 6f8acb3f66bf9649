/** What raising needs besides the program. */

import { debianEnvironment, type NameEnvironment } from '../datatypes/environment.ts';
import type { XtMatch, XtTarget } from '../model/xt.ts';

/** An xtables extension as nft prints it through libxtables; undefined where it has no translation. */
export type TranslateXt = (
  extension:
    | { readonly type: 'match'; readonly value: XtMatch }
    | { readonly type: 'target'; readonly value: XtTarget },
) => string | undefined;

/** The nft that reads rules back: what it finds in them and in which order it lists elements differs by release. */
export type Dialect = '1.1.7' | '1.0.6';

export interface RaiseOptions {
  readonly environment?: NameEnvironment;
  readonly translateXt?: TranslateXt;
  /** 1.1.7 unless said otherwise. */
  readonly dialect?: Dialect;
}

export interface RaiseSettings {
  readonly environment: NameEnvironment;
  readonly translateXt: TranslateXt;
  readonly dialect: Dialect;
}

export function raiseSettings(options: RaiseOptions): RaiseSettings {
  return {
    environment: options.environment ?? debianEnvironment,
    dialect: options.dialect ?? '1.1.7',
    translateXt: options.translateXt ?? (() => undefined),
  };
}
