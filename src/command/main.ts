#!/usr/bin/env node
import { keepCompiled } from './compile-cache';
import { run } from './run';
import { processTerminal } from './terminal';

// Who reads has closed the pipe, as `| head` does: it wants no more, and what was found still counts.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

keepCompiled();
void run(process.argv.slice(2), processTerminal(), (code) => { process.exitCode = code; });
