import { synthesize } from '../index';
import { build } from './build';

synthesize(build);
