/** What a rule does, independent of how it is written. */

export interface ActionByKind {
  readonly accept: object;
  readonly drop: object;
  /** `with` as iptables names it, for example `tcp-reset`. */
  readonly reject: { readonly with?: string };
  readonly return: object;
  readonly jump: { readonly target: string };
  readonly goto: { readonly target: string };
  readonly log: { readonly prefix: string };
  /** Netlink log; `snapLength` bytes of the packet are copied, or with the old option `range`. */
  readonly nflog: {
    readonly group: number;
    readonly prefix: string;
    readonly snapLength: number;
    readonly range?: boolean;
  };
  readonly dnat: { readonly address: string; readonly port?: number };
  readonly snat: {
    readonly address: string;
    readonly ports?: string;
    readonly fullyRandom: boolean;
  };
  readonly masquerade: { readonly ports?: string; readonly fullyRandom: boolean };
  /** Sets the bits of `mark`. */
  readonly 'set-mark': { readonly mark: number };
  readonly 'clear-mark': { readonly mark: number };
  /** Writes `mark` into the bits of `mask`. */
  readonly 'write-mark': { readonly mark: number; readonly mask: number };
  readonly notrack: object;
  readonly 'save-connection-mark': { readonly mask: number };
  readonly 'restore-connection-mark': { readonly mask: number };
  readonly 'write-connection-mark': { readonly mark: number; readonly mask: number };
  /** iptables: marks packets within the rate; nftables: drops packets over it. */
  readonly 'limit-packet-rate': {
    readonly rate: number;
    readonly burst: number;
    readonly mark: number;
  };
  readonly 'limit-connections': { readonly count: number; readonly rejectWith: string };
}

export type ActionKind = keyof ActionByKind;
export type Action = {
  [Kind in ActionKind]: { readonly kind: Kind } & ActionByKind[Kind];
}[ActionKind];

/** One action of a known kind. */
export type ActionOf<Kind extends ActionKind> = { readonly kind: Kind } & ActionByKind[Kind];

export const accept: Action = { kind: 'accept' };
export const drop: Action = { kind: 'drop' };
export const reject: Action = { kind: 'reject' };
export const returnAction: Action = { kind: 'return' };
export const notrack: Action = { kind: 'notrack' };

export function jump(target: string): Action {
  return { kind: 'jump', target };
}

export function goto(target: string): Action {
  return { kind: 'goto', target };
}

export function setMark(mark: number): Action {
  return { kind: 'set-mark', mark };
}

export function clearMark(mark: number): Action {
  return { kind: 'clear-mark', mark };
}

export function writeMark(mark: number, mask: number): Action {
  return { kind: 'write-mark', mark, mask };
}
