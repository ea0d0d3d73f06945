import type { ErrorObject } from 'ajv';

/** What a schema refuses, in words: value, place and rule. The validator must be `verbose`. */
export function problemIn(error: ErrorObject | undefined): string {
  if (error === undefined) return 'got nothing';
  const place = `${error.instancePath}${'additionalProperty' in error.params ? `/${error.params.additionalProperty}` : ''}`;
  return `got ${JSON.stringify(error.data)?.slice(0, 80)} at ${place || '/'}, which ${error.message}`;
}
