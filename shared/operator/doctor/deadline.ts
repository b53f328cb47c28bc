// No check waits for ever: what has not answered in time is given up, and said so.

/** What something gives within `ms`. Throws what it throws, or an Error that it did not answer. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  work.catch(() => {}); // it may fail after it was given up
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
