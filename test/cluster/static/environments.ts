import { PRODUCTION, STAGING } from '../boutique';

/** What is judged: name and folder. */
export const ENVIRONMENTS: readonly (readonly [string, string])[] = [['staging', STAGING], ['production', PRODUCTION]];
