/** The tests cannot run here; the message is for a person, and the run ends with 2. */
export class CannotRun extends Error {}
