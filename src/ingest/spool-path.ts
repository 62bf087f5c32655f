/** The folder in which the rows of a stream are kept until they are uploaded: a resume finds it there. */
export const toSpoolFolder = (journal: string): string => `${journal}.spool`;
