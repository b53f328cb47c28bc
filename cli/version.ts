// Which Hermes this is. A compiled program says its commit too: dev/compile/entries.ts builds that in.

/** By semantic versioning; CHANGELOG.md tells what each brought. */
export const versionNumber = "0.1.0";

/** What `hermes --version` says when it runs from source. */
export const version = `hermes ${versionNumber}`;
