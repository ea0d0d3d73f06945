/** Where passwords stand in a store's pod, each in a file that is named for its database, or for who may do everything. */
export const passwordFolder = '/etc/passwords';

/** File of one password. */
export function passwordFile(name: string): string {
  return `${passwordFolder}/${name}`;
}
