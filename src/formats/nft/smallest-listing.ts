/** From which size on a text is read as a listing whose unknown lines are asked of the grammar. */

/** Characters; below this nothing is gained by asking the grammar about shapes only. */
export const smallestListing = 32_768;
