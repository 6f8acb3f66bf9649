/** The options of `check` as commander gives them. */

export interface CheckOptions {
  readonly host?: string;
  readonly properties?: boolean;
  readonly property?: readonly string[];
  readonly against?: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly outside?: readonly string[];
  readonly managementPorts?: readonly number[];
  readonly anywhere?: readonly string[];
  readonly family?: '4' | '6';
  readonly format: 'text' | 'json' | 'sarif';
  readonly json?: boolean;
  readonly sarif?: boolean;
}
