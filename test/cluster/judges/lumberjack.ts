import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { inflateSync } from 'node:zlib';

/** What stands in for Logstash: takes events as its input `beats` does, version 2 of the protocol, and says that it has them. */
export class Lumberjack {
  /** Events in the order in which they came. */
  public readonly events: unknown[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor() {
    this.server = createServer((socket) => this.serve(socket));
  }

  /** Begins to listen. @returns the address */
  public async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends. */
  public async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await once(this.server.close(), 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    let waiting: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      waiting = this.take(Buffer.concat([waiting, chunk]), (sequence) => {
        const confirmed = Buffer.from('2A\0\0\0\0', 'latin1');
        confirmed.writeUInt32BE(sequence, 2);
        socket.write(confirmed);
      });
    });
  }

  /** Takes the frames that are whole: a window, several of them compressed, or an event with its number. @returns the rest */
  private take(bytes: Buffer, confirm: (sequence: number) => void): Buffer {
    let rest = bytes;
    while (rest.length >= 6) {
      const kind = rest.subarray(0, 2).toString('latin1');
      const number = rest.readUInt32BE(2);
      if (kind === '2W') rest = rest.subarray(6);
      else if (kind === '2C') {
        if (rest.length < 6 + number) return rest;
        this.take(inflateSync(rest.subarray(6, 6 + number)), confirm);
        rest = rest.subarray(6 + number);
      } else if (kind === '2J') {
        const end = rest.length < 10 ? Infinity : 10 + rest.readUInt32BE(6);
        if (rest.length < end) return rest;
        this.events.push(JSON.parse(rest.subarray(10, end).toString('utf8')));
        confirm(number);
        rest = rest.subarray(end);
      } else throw new Error(`no frame of version 2, got ${JSON.stringify(kind)}`);
    }
    return rest;
  }
}
