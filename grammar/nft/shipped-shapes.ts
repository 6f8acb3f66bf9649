/** Shapes that come with the build, one encoded lesson each; `bin/build.mjs` puts them here, sources have none. */

export const shippedShapes: readonly string[] = [];
