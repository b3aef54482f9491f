/** What is wrong with this Node, in one line; undefined when it will do. */
export const complaintAboutNode = (version: string, canLoadSeal: boolean): string | undefined =>
  canLoadSeal
    ? undefined
    : `Node ${version.replace(/^v/, "")} cannot load SEAL; Node >= 22.22.2 or >= 24.15 is needed`
