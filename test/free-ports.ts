import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what the system gives to those who connect, and for each of jest's workers others: nobody takes a port between the look and the use. */
const FIRST = 20_000;
const EACH = 1000;
const own = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % 10) * EACH;
/** Where the search goes on: processes of one worker begin at different places. */
let next = process.pid % EACH;

/** Ports of loopback that nobody listens on now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < EACH; tries++) {
    const port = own + next++ % EACH;
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`${count} ports are wanted, got ${ports.length} of ${own} to ${own + EACH - 1} that are free`);
  return ports;
}

/** One of them. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
