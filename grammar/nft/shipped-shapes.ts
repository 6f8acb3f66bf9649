/** Shapes that come with the build, an encoded lesson on each line; `bin/build.mjs` puts them here, sources have none. */

export const shippedShapes: string = '';
