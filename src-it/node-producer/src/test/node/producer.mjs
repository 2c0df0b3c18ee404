// A producer made from docs/wire-format.md alone: it knows nothing of Goose but that page, and uses Node's own modules only.
//
//   node producer.mjs <port> <page> <namespace> <queue> <handler> <command>
//
// Prints one JSON document: what it sent and what it was answered.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Redis } from './resp.mjs';

const [port, page, namespace, queue, handler, command] = process.argv.slice(2);

const text = readFileSync(page, 'utf8');
const script = text.match(/```lua\n([\s\S]*?)```/)[1];
const sha = text.match(/SHA-1 for `EVALSHA`: `([0-9a-f]{40})`/)[1];
if (createHash('sha1').update(script).digest('hex') !== sha) throw new Error('the page prints another script than its SHA-1');

/** A UUID of version 7: milliseconds, then random bits. */
function uuid7(now = Date.now()) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function job(args, more = {}) {
  const { lane = 'b', mark = '', ...fields } = more;
  const envelope = {
    v: 1,
    id: uuid7(),
    handler,
    args,
    queue,
    enqueuedAt: Date.now(),
    origin: { lib: 'node-example', version: '1', host: hostname() },
    'x-node': { version: process.version, unknown: [1, null] },
    ...fields,
  };
  return { id: envelope.id, lane, time: envelope.runAt ?? 0, mark, envelope: JSON.stringify(envelope) };
}

class Producer {
  #name = randomUUID();
  #number = 0;

  constructor(redis) {
    this.redis = redis;
  }

  /** Enqueues jobs with the next number, or repeats the last call. */
  async enqueue(jobs, { repeat = false } = {}) {
    if (!repeat) this.#number++;
    const prefix = `${namespace}:{${queue}}:`;
    const keys = ['body', 'rec', 'back', 'front', 'due', 'in', 'idle', `send:${this.#name}`].map((key) => prefix + key);
    const words = [`${namespace}:wake:`, queue, this.#number, 3600000];
    for (const { id, lane, time, mark, envelope } of jobs) words.push(id, lane, time, mark, '', envelope);
    await this.redis.call('SADD', `${namespace}:queues`, queue);
    try {
      return await this.redis.call('EVALSHA', sha, keys.length, ...keys, ...words);
    } catch (error) {
      if (!error.message.startsWith('NOSCRIPT')) throw error;
      return await this.redis.call('EVAL', script, keys.length, ...keys, ...words);
    }
  }
}

const commands = {
  /** Arguments of all kinds: (long, String, String, nested record, List<Long>). */
  async kinds(producer) {
    const jobs = [
      job(['9223372036854775807', 'Zoë 東京 🦢 "\\\n', null, { sku: 'A-1', sizes: [1, '-9223372036854775808'], at: '2026-01-02' }, []]),
      job([-1, '', 'x', { sku: 'ü', sizes: [], at: null }, [9007199254740991, '9007199254740992']], { lane: 'f' }),
      job([0, '\u0000', null, null, null], { enc: 'json', lane: 'b', tags: ['node'], retry: { max: 0, skipDead: true } }),
    ];
    return { ids: jobs.map(({ id }) => id), answer: await producer.enqueue(jobs) };
  },

  /** Many in one call, in order. */
  async many(producer) {
    const jobs = Array.from({ length: 500 }, (_, i) => job([i, 'many', null, null, []]));
    return { ids: jobs.map(({ id }) => id), answer: await producer.enqueue(jobs) };
  },

  async scheduled(producer) {
    const one = job([1, 'scheduled', null, null, []], { runAt: Date.now() + 700 });
    return { ids: [one.id], runAt: one.time, answer: await producer.enqueue([one]) };
  },

  /** The same call twice, as after a lost reply; then the same job in a new call. */
  async repeated(producer) {
    const one = job([2, 'repeated', null, null, []], { mark: '0' });
    return {
      ids: [one.id],
      answer: await producer.enqueue([one]),
      repeated: await producer.enqueue([one], { repeat: true }),
      anew: await producer.enqueue([one]),
    };
  },

  /** What a worker must set aside and what it must leave to others. */
  async bad(producer) {
    const wrongArgs = job([1]);
    const twice = job([], {});
    twice.envelope = twice.envelope.replace('"args":[]', '"args":[],"args":[]');
    const newer = job([3, 'newer', null, null, []], { v: 2 });
    const stranger = job([], { handler: 'nobody.knows#it' });
    const jobs = [twice, newer, stranger, wrongArgs];
    return { ids: jobs.map(({ id }) => id), answer: await producer.enqueue(jobs), envelopes: jobs.map(({ envelope }) => envelope) };
  },
};

const redis = await Redis.open(Number(port));
process.stdout.write(JSON.stringify(await commands[command](new Producer(redis))));
redis.close();
