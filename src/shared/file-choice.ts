/** Which files are taken, by their paths in the batch. */
export interface FileChoice {
  /**
   * Patterns of files: only those that one of them fits are taken. A pattern without a slash is compared with the name of
   * a file alone, any other with its path in its folder. Default: all.
   */
  include?: readonly string[];
  /** Patterns of files that are not taken, in the same way. Default: none. */
  exclude?: readonly string[];
}
