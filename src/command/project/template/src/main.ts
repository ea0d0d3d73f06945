import { synthesize } from 'meshmart';
import { build } from './build';

synthesize(build);
