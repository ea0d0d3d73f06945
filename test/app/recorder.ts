import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers everything, and keeps what it was asked. */
export class Recorder {
  /** Headers of the last request. */
  public headers: IncomingHttpHeaders = {};
  /** Methods and paths. */
  public readonly asked: string[] = [];
  /** What came with them. */
  public readonly bodies: string[] = [];
  private readonly server = createServer(async (request, response) => {
    this.headers = request.headers;
    this.bodies.push((await request.setEncoding('utf8').toArray()).join(''));
    this.asked.push(`${request.method} ${request.url}`);
    response.end('{}');
  });

  /** @returns its port on this machine */
  public async listen(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
