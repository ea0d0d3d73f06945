import { Databases, byName } from './databases';
import { passwordFolder } from './password-folder';

/** Name of the user who may do everything, in the database `admin`. */
export const root = 'root';

/**
 * What mongosh runs at each start: makes the users that are not there yet, and sets passwords and roles of the others.
 * Each is of the database that it is for, so that an address without `authSource` finds it.
 */
export function usersScript(databases: Databases<string>): string {
  const users = byName(databases).map(([database, { user = database }]) => `  ${database}: '${user}',`);
  return `const { readFileSync } = require('fs');
const passwordOf = (name) => readFileSync('${passwordFolder}/' + name, 'utf8').replace(/\\n$/, '');
const users = {
${users.join('\n')}
};

const admin = connect('mongodb://127.0.0.1:27017/admin');
try {
  admin.auth('${root}', passwordOf('${root}'));
} catch (error) {
  // where there is no user at all, and only from here, the first one may be made; else this fails too
  admin.createUser({ user: '${root}', pwd: passwordOf('${root}'), roles: ['root'] });
  admin.auth('${root}', passwordOf('${root}'));
}
for (const [database, user] of Object.entries(users)) {
  const own = admin.getSiblingDB(database);
  const rights = { pwd: passwordOf(database), roles: [{ role: 'readWrite', db: database }] };
  if (own.getUser(user)) own.updateUser(user, rights);
  else own.createUser({ user, ...rights });
}
`;
}
