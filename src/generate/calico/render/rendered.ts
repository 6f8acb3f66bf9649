/** Rules as text with their hashes and comments: the iptables restore line and the nft rule. */

import { nextRuleDigest } from '../hash.ts';
import type { GeneratedRule } from '../rules/rule.ts';
import { iptablesAction, iptablesMatch } from './iptables-text.ts';
import { type NftContext, nftAction, nftMatch } from './nftables-text.ts';

/** Felix's rules in a kernel chain that stand last are hashed apart from those that stand first. */
export const appendedSeedSuffix = '*appends*';

const hashLength = 16;

function hashesOf(seed: string, texts: readonly string[]): readonly string[] {
  let digest: Buffer = nextRuleDigest(undefined, seed);
  return texts.map((text) => {
    digest = nextRuleDigest(digest, text);
    return digest.toString('base64url').slice(0, hashLength);
  });
}

const maximumComment = 256;

/** A comment in the characters that Felix lets through, cut to what the kernel takes. */
export function escapeComment(comment: string): string {
  return comment.replace(/[^a-zA-Z0-9_ @%+=:,./-]/gu, '_').slice(0, maximumComment);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

// Rules of policies stand in the chains of many endpoints as the same objects.
const fragmentsOfRule = new WeakMap<GeneratedRule, string>();

/** An iptables rule without chain and hash: own comments, match, action. */
export function iptablesFragments(generated: GeneratedRule): string {
  const known = fragmentsOfRule.get(generated);
  if (known !== undefined) return known;
  const comments = generated.comments.map(
    (comment) => `-m comment --comment "${escapeComment(comment)}"`,
  );
  const match = iptablesMatch(generated.match);
  const fragments = joined(...comments, match, iptablesAction(generated.action));
  fragmentsOfRule.set(generated, fragments);
  return fragments;
}

/** Hashes of rules given as fragments; `seed` is the chain, with a suffix for appended rules. */
export function iptablesHashes(seed: string, fragments: readonly string[]): readonly string[] {
  return hashesOf(
    seed,
    fragments.map((fragment) => joined(`-A ${seed} HASH`, fragment)),
  );
}

export interface IptablesLine {
  readonly hash: string;
  /** Everything after the chain's name: hash comment, own comments, match, action. */
  readonly text: string;
}

interface ChainLines {
  readonly seed: string;
  readonly lines: readonly IptablesLine[];
}

// The tree and the restore text need the same hashes.
const linesOfChain = new WeakMap<readonly GeneratedRule[], ChainLines>();

export function iptablesLines(
  seed: string,
  rules: readonly GeneratedRule[],
): readonly IptablesLine[] {
  const known = linesOfChain.get(rules);
  if (known?.seed === seed) return known.lines;
  const lines = freshLines(seed, rules);
  linesOfChain.set(rules, { seed, lines });
  return lines;
}

function freshLines(seed: string, rules: readonly GeneratedRule[]): readonly IptablesLine[] {
  const fragments = rules.map(iptablesFragments);
  const hashes = iptablesHashes(seed, fragments);
  return fragments.map((fragment, index) => {
    const hash = hashes[index] ?? '';
    return { hash, text: joined(`-m comment --comment "cali:${hash}"`, fragment) };
  });
}

interface NftText {
  readonly context: string;
  readonly text: string;
}

const nftTextOfRule = new WeakMap<GeneratedRule, NftText>();

/** An nft rule without its comment. */
export function nftRuleText(generated: GeneratedRule, context: NftContext): string {
  const key = `${context.layer} ${context.version}`;
  const known = nftTextOfRule.get(generated);
  if (known?.context === key) return known.text;
  const text = freshNftText(generated, context);
  nftTextOfRule.set(generated, { context: key, text });
  return text;
}

function freshNftText(generated: GeneratedRule, context: NftContext): string {
  const match = nftMatch(generated.match, context);
  if (generated.action === undefined) return match === '' ? 'continue' : match;
  return joined(match, 'counter', nftAction(generated.action, context));
}

const nftCommentLength = 128;

/** The comment of an nft rule: the hash and the own comments, each cut to its share of 128. */
export function nftComment(hash: string, comments: readonly string[]): string {
  const head = `cali:${hash};`;
  if (comments.length === 0) return head;
  const share = Math.floor((nftCommentLength - head.length) / comments.length);
  const own = comments.map((comment) => escapeComment(comment).slice(0, share));
  return [head, ...own].join(' ').slice(0, nftCommentLength);
}

export interface NftRuleLine {
  readonly rule: string;
  readonly comment: string;
}

export function nftHashes(seed: string, texts: readonly string[]): readonly string[] {
  return hashesOf(seed, texts);
}

/** Renders the rules of a chain; `seed` is the layered name, with a suffix for appended rules. */
export function nftLines(
  seed: string,
  rules: readonly GeneratedRule[],
  context: NftContext,
): readonly NftRuleLine[] {
  const texts = rules.map((generated) => nftRuleText(generated, context));
  const hashes = nftHashes(seed, texts);
  return texts.map((text, index) => ({
    rule: text,
    comment: nftComment(hashes[index] ?? '', rules[index]?.comments ?? []),
  }));
}
