// Do the page's half of nb2pkg and the server's belong together?

export type VersionProblem = 'missing' | 'differs';

/** What is wrong, if anything; `server` is null where the server has no half of nb2pkg. */
export function versionProblem(page: string, server: string | null): VersionProblem | null {
  if (server === null) {
    return 'missing';
  }
  return server === page ? null : 'differs';
}
