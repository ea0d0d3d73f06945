import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Addresses with a scheme; what follows it up to an `@` are credentials. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^/\s'"]*@/gi;
const QUERY = /([a-z][a-z0-9+.-]*:\/\/[^\s'"?#]*)[?#][^\s'"]*/gi;

/** A text without the credentials of addresses in it: neither user, password nor token, nor what is asked for after a `?`. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '$1').replace(QUERY, '$1');
}

/** Words that a message about an address must not have, as they stand there and as they are meant. */
export function secretsOf(address: string): readonly string[] {
  const [, userinfo = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^\s'"]*)@/i.exec(address) ?? [];
  const [, query = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^?]*\?(.*)$/i.exec(address) ?? [];
  const colon = userinfo.indexOf(':');
  const words = [userinfo, userinfo.slice(colon + 1), query].filter((word) => word.length > 3); // `git` is a user, and a word
  return words.flatMap((word) => [word, decoded(word)]);
}

/** A folder by its full path, since git is run in another one; other addresses as they are. */
export function absolute(address: string): string {
  return existsSync(address) ? resolve(address) : address;
}

/** Whether two addresses mean one repository: by https as by ssh, with `.git` or without, whoever asks. */
export function isSameRepository(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && placeOf(one) === placeOf(other));
}

function placeOf(address: string): string {
  return withoutCredentials(address)
    .replace(/^[a-z][a-z0-9+.-]*:\/\/([^/:]*)(:\d+)?/i, '$1')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):/, '$1/')
    .replace(/(\.git)?\/*$/, '')
    .toLowerCase();
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word; // a percent sign of a password that nobody encoded
  }
}
