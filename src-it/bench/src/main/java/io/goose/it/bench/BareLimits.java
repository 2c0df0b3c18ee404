package io.goose.it.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.args.ListDirection;

/** What the bare client can do with the same payload, without any of a library's promises. */
final class BareLimits {

    private static final byte[] QUEUE = "bare:queue".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LEASED = "bare:leased".getBytes(StandardCharsets.UTF_8);
    private static final int PREFETCH = 500;
    private static final byte[] CLAIM = """
            local jobs = redis.call('RPOP', KEYS[1], ARGV[1])
            if not jobs then return {} end
            local fields = {}
            for i, job in ipairs(jobs) do fields[2 * i - 1] = tostring(ARGV[2] + i) fields[2 * i] = job end
            redis.call('HSET', KEYS[2], unpack(fields))
            return jobs
            """.getBytes(StandardCharsets.UTF_8);
    private static final byte[] PAYLOAD =
            ("{\"v\":1,\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"handler\":\"noop\","
                            + "\"args\":[\"hello\",12345],\"enc\":\"json\",\"queue\":\"default\",\"enqueuedAt\":1700000000000,"
                            + "\"retry\":{\"max\":27},\"origin\":{\"lib\":\"goose-java\",\"version\":\"dev\",\"host\":\"localhost\"}}")
                    .getBytes(StandardCharsets.UTF_8);

    private final Target redis;
    private final int threads;

    BareLimits(Target redis, int threads) {
        this.redis = redis;
        this.threads = threads;
    }

    void fill(int jobs) {
        try (Jedis jedis = redis.connect()) {
            Pipeline pipeline = jedis.pipelined();
            for (int i = 0; i < jobs; i++) {
                pipeline.lpush(QUEUE, PAYLOAD);
                if (i % 1000 == 0) {
                    pipeline.sync();
                }
            }
            pipeline.sync();
        }
    }

    /** One caller, one LPUSH and its reply for each job. */
    void pushAlone(int jobs) {
        try (Jedis jedis = redis.connect()) {
            for (int i = 0; i < jobs; i++) {
                jedis.lpush(QUEUE, PAYLOAD);
            }
        }
    }

    /** As many callers as threads, each with a connection of its own. */
    void pushTogether(int jobs) throws Exception {
        Threads.run(threads, i -> () -> pushAlone(Threads.share(jobs, threads, i)));
    }

    /** Each thread: BLMOVE to a list of its own, then LREM. Two round trips a job. */
    void moveAndRemove(int jobs) throws Exception {
        AtomicInteger left = new AtomicInteger(jobs);
        Threads.run(threads, i -> () -> {
            byte[] mine = ("bare:mine:" + i).getBytes(StandardCharsets.UTF_8);
            try (Jedis jedis = redis.connect()) {
                while (left.get() > 0) {
                    byte[] job = jedis.blmove(QUEUE, mine, ListDirection.RIGHT, ListDirection.LEFT, 0.1);
                    if (job != null) {
                        jedis.lrem(mine, 1, job);
                        left.decrementAndGet();
                    }
                }
            }
        });
    }

    /** b2: one fetcher claims by script into a hash, 25 threads take from memory, one acknowledges in batches. */
    void batchedClaims(int jobs) throws Exception {
        BlockingQueue<Integer> work = new ArrayBlockingQueue<>(PREFETCH);
        BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
        CountDownLatch acknowledged = new CountDownLatch(jobs);
        Thread fetcher = new Thread(() -> fetch(jobs, work), "bare-fetcher");
        Thread acker = new Thread(() -> acknowledge(jobs, done, acknowledged), "bare-acker");
        fetcher.start();
        acker.start();
        AtomicInteger left = new AtomicInteger(jobs);
        Threads.run(threads, i -> () -> {
            while (left.getAndDecrement() > 0) {
                done.add(work.take());
            }
        });
        acknowledged.await();
        fetcher.join();
        acker.join();
    }

    private void fetch(int jobs, BlockingQueue<Integer> work) {
        try (Jedis jedis = redis.connect()) {
            byte[] sha = jedis.scriptLoad(CLAIM);
            int fetched = 0;
            while (fetched < jobs) {
                Object reply = jedis.evalsha(sha, List.of(QUEUE, LEASED), List.of(number(PREFETCH), number(fetched)));
                for (Object ignored : (List<?>) reply) {
                    fetched++;
                    work.put(fetched);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acknowledge(int jobs, BlockingQueue<Integer> done, CountDownLatch acknowledged) {
        try (Jedis jedis = redis.connect()) {
            int all = 0;
            List<Integer> batch = new ArrayList<>();
            while (all < jobs) {
                batch.add(done.take());
                done.drainTo(batch, 99);
                jedis.hdel(LEASED, batch.stream().map(BareLimits::number).toArray(byte[][]::new));
                all += batch.size();
                batch.forEach(n -> acknowledged.countDown());
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] number(int value) {
        return Integer.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
