import { mkdirSync } from 'node:fs';
import { runFolder } from '../run/records';

mkdirSync(runFolder, { recursive: true }); // rows of the table go there
