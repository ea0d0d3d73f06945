import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers everything, and keeps the headers of the last request. */
export class Recorder {
  public headers: IncomingHttpHeaders = {};
  private readonly server = createServer((request, response) => {
    this.headers = request.headers;
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
