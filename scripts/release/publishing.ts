/** How npm publishes the package. */
export interface Publishing {
  private?: boolean;
  publishConfig?: { access?: string; provenance?: boolean };
  repository?: unknown;
  license?: string;
  engines?: { node?: string };
}

/**
 * @returns a line for each fault. The registry holds the repository of a provenance statement against the one in
 * package.json, so that a release needs it.
 */
export function checkPublishing(manifest: Publishing, isRelease: boolean): string[] {
  const { publishConfig = {}, repository, license, engines } = manifest;
  return [
    ...(manifest.private === true ? ['package.json is private'] : []),
    ...(publishConfig.provenance === true ? [] : ['publishConfig.provenance is not true']),
    ...(publishConfig.access === 'public' ? [] : ['publishConfig.access is not "public"']),
    ...(license === undefined ? ['license is missing'] : []),
    ...(engines?.node === undefined ? ['engines.node is missing'] : []),
    ...(isRelease && repository === undefined
      ? ['repository is missing: without it the registry rejects the provenance']
      : []),
  ];
}
