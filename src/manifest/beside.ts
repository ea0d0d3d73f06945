import { Construct } from 'constructs';

/** What stands in a system's folder and is no part of it, such as who watches it: an experiment does not change it. */
export class BesideSystem extends Construct {}
