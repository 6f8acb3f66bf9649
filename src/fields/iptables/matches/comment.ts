/** -m comment: has no effect. */

import { extension } from '../extension.ts';
import { quoted } from '../saving.ts';
import { text } from '../value-kinds.ts';

export interface CommentOptions {
  readonly kind: 'comment';
  readonly text: string;
}

export const comment = extension({
  name: 'comment',
  revision: 0,
  options: { text: { name: '--comment', free: true, value: text(255), required: true } },
  read: (values): CommentOptions => ({ kind: 'comment', text: values.text?.value ?? '' }),
  save: (options) => ['--comment', quoted(options.text)],
});
