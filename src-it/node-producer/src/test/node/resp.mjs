// A connection to Redis: commands out, replies in, in order. Strings both ways are UTF-8.
import { connect } from 'node:net';

export class Redis {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = [];

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Redis(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    const end = (error) => this.#waiting.splice(0).forEach((one) => one.reject(error ?? new Error('connection closed')));
    socket.on('error', end);
    socket.on('close', () => end());
  }

  /** Sends one command; the promise has its reply, or fails with the server's error. */
  call(...words) {
    const parts = words.map((word) => Buffer.from(String(word), 'utf8'));
    const head = Buffer.from(`*${parts.length}\r\n`);
    const body = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(Buffer.concat([head, ...body]));
    });
  }

  close() {
    this.#socket.end();
  }

  #read(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (let reply = parse(this.#received, 0); reply; reply = parse(this.#received, 0)) {
      this.#received = this.#received.subarray(reply.end);
      const { resolve, reject } = this.#waiting.shift();
      if (reply.value instanceof Error) reject(reply.value);
      else resolve(reply.value);
    }
  }
}

/** The reply that starts at an offset and where it ends; nothing if it is not all there. */
function parse(bytes, from) {
  const line = bytes.indexOf('\r\n', from);
  if (line < 0) return undefined;
  const text = bytes.toString('utf8', from + 1, line);
  const next = line + 2;
  switch (String.fromCharCode(bytes[from])) {
    case '+':
      return { value: text, end: next };
    case '-':
      return { value: new Error(text), end: next };
    case ':':
      return { value: Number(text), end: next };
    case '$': {
      const length = Number(text);
      if (length < 0) return { value: null, end: next };
      if (bytes.length < next + length + 2) return undefined;
      return { value: bytes.toString('utf8', next, next + length), end: next + length + 2 };
    }
    case '*': {
      const items = [];
      let end = next;
      for (let i = 0; i < Number(text); i++) {
        const item = parse(bytes, end);
        if (!item) return undefined;
        items.push(item.value);
        end = item.end;
      }
      return { value: items, end };
    }
    default:
      throw new Error(`not a reply: ${text}`);
  }
}
