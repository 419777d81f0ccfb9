// What went wrong, in Deno's words: an error of the operating system is known by its class (Deno.errors.NotFound)
// there, by its code (ENOENT) here.

class OsError extends Error {
  override readonly name: string;
  readonly code: string | undefined;

  constructor(message: string, { code, cause }: { code?: string; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = code;
  }
}

/** The classes of `Deno.errors` that the sources know. */
export const errors = {
  NotFound: class NotFound extends OsError {},
  PermissionDenied: class PermissionDenied extends OsError {},
  BrokenPipe: class BrokenPipe extends OsError {},
  WouldBlock: class WouldBlock extends OsError {},
};

const classOf: Readonly<Record<string, new (...of: ConstructorParameters<typeof OsError>) => OsError>> = {
  ENOENT: errors.NotFound,
  EACCES: errors.PermissionDenied,
  EPERM: errors.PermissionDenied,
  EPIPE: errors.BrokenPipe,
  EAGAIN: errors.WouldBlock,
};

/** Does it; an error of the operating system, thrown or rejected with, becomes one of Deno's classes. */
export function inDenosWords<Result>(act: () => Result): Result {
  try {
    const result = act();
    if (result instanceof Promise) return result.catch(rethrow) as Result;
    return result;
  } catch (error) {
    return rethrow(error);
  }
}

function rethrow(error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const DenosClass = classOf[code];
  if (DenosClass === undefined || !(error instanceof Error)) throw error;
  throw new DenosClass(error.message, { code, cause: error });
}
