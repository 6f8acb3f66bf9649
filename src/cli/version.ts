/** The version of the package, put in by the build. */

declare global {
  var NFT_SIM_VERSION: string | undefined;
}

export const version: string = globalThis.NFT_SIM_VERSION ?? '0.0.0-source';
