/** What is kept of a connection, so that a page that is loaded again needs neither new keys nor an upload. */
export interface StoredKeys {
  /** SHA-256 of the client's part of the program: what the keys belong to, and what the server must go on offering. */
  readonly program: string
  /** What `Client.secretKey()` returned. Whoever reads it reads all that was ever encrypted with it. */
  readonly secretKey: Uint8Array
  /** SHA-256 of the evaluation keys that the server was given. */
  readonly evaluationKeys?: string
}

/** A place for the keys of connections, by an id of server and model. */
export interface KeyStorage {
  load(id: string): Promise<StoredKeys | undefined>
  save(id: string, keys: StoredKeys): Promise<void>
  remove(id: string): Promise<void>
  /** The database, of a storage that a worker can open for itself, so that the key never leaves the worker. */
  readonly indexedDbName?: string
}
