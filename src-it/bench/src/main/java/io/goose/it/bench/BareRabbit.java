package io.goose.it.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What the bare client can do on a queue of the same type with the same bytes: publishers that wait for confirms, and a
 * consumer that acknowledges each message and does nothing else with it.
 */
final class BareRabbit implements AutoCloseable {

    private static final String QUEUE = "bare";
    private static final int PREFETCH = 250;

    private final Connection connection;
    private final Channel admin;
    private final byte[] body;
    private final int threads;

    BareRabbit(RabbitTarget rabbit, String type, byte[] body, int threads) throws IOException {
        this.connection = rabbit.connect();
        this.admin = connection.createChannel();
        this.body = body;
        this.threads = threads;
        admin.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", type));
    }

    void clear() throws IOException {
        admin.queuePurge(QUEUE);
    }

    /** One at a time: each is confirmed before the next is sent. */
    void publishAlone(int jobs) throws Exception {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        for (int i = 0; i < jobs; i++) {
            publish(channel);
            channel.waitForConfirmsOrDie();
        }
        channel.close();
    }

    /** As many on their way as there are threads. */
    void publishTogether(int jobs) throws Exception {
        Threads.run(threads, i -> () -> publishAlone(Threads.share(jobs, threads, i)));
    }

    /** One thread with so many on their way. */
    void publishInWindow(int jobs, int window) throws Exception {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        Window open = new Window(window);
        channel.addConfirmListener(open::confirmed, (tag, multiple) -> {
            throw new IllegalStateException("refused: " + tag);
        });
        for (int i = 0; i < jobs; i++) {
            open.enter();
            publish(channel);
        }
        open.awaitAll(jobs);
        channel.close();
    }

    private void publish(Channel channel) throws IOException {
        channel.basicPublish("", QUEUE, true, MessageProperties.PERSISTENT_BASIC, body);
    }

    void consume(int jobs) throws Exception {
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        CountDownLatch all = new CountDownLatch(jobs);
        channel.basicConsume(QUEUE, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] bytes)
                    throws IOException {
                channel.basicAck(envelope.getDeliveryTag(), false);
                all.countDown();
            }
        });
        all.await();
        channel.close();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    /** Permits that confirms give back, several at once. */
    private static final class Window {

        private final Semaphore permits;
        private final int size;
        private long confirmed;

        Window(int size) {
            this.size = size;
            this.permits = new Semaphore(size);
        }

        void enter() throws InterruptedException {
            permits.acquire();
        }

        /** Confirms come in their order here, for there is one queue. */
        private void confirmed(long tag, boolean multiple) {
            int count = multiple ? (int) (tag - confirmed) : 1;
            confirmed += count;
            permits.release(count);
        }

        void awaitAll(int jobs) throws InterruptedException {
            permits.acquire(Math.min(size, jobs));
        }
    }
}
