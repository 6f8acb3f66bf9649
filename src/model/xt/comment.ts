/** -m comment: has no effect. */

export interface CommentOptions {
  readonly kind: 'comment';
  readonly text: string;
}
