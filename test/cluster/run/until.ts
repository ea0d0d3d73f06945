import { setTimeout as pause } from 'node:timers/promises';

/** A state that did not come in time. */
export class NotReached extends Error {}

/** Asks until there is an answer other than undefined or false; an error of the last try is told when time is up. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let last = 'not yet';
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end) throw new NotReached(`${what}: not within ${seconds} s (${last})`);
    await pause(50);
  }
}
