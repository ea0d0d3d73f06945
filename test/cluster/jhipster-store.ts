import { certificatesOf } from './certificate';
import { withKeysOfTheRun } from './customers';
import { readManifests } from './manifests';
import { folderOf } from './rendered-systems';

/** The store in staging, with keys of this run. */
export const STORE = withKeysOfTheRun(readManifests(folderOf('staging', 'jhipster-store')));
/** The same with what cert-manager would make. */
export const WHOLE_STORE = [...certificatesOf(STORE), ...STORE];
