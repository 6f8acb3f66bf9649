/** Shapes that come with the build, an encoded lesson on each line; `bin/build.mjs` puts them here, sources have none. */

/** Of the lines that set fields of blocks. */
export const shippedShapes: string = '';

/** Of rules and elements: by far the most. */
export const shippedRuleShapes = (): string => '';
