package io.goose.it.second;

import io.goose.it.observe.Records;
import io.goose.spi.WorkerThreads;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.nio.file.Files;

/**
 * The server's threads, but the one of the worker's heart ends when it is told to, without having done anything: a fault that no
 * loop survives. Enabled by a test.
 */
@Alternative
@ApplicationScoped
public class MortalThreads implements WorkerThreads {

    private static final String MARK = "heart";

    @Resource
    @SuppressWarnings("NullAway.Init") // the container sets it
    ManagedThreadFactory factory;

    @Override
    public Thread newThread(String name, Runnable body) {
        Thread made = factory.newThread(name.endsWith("-heart") ? MortalThreads::untilMarked : body);
        made.setName(name);
        return made;
    }

    private static void untilMarked() {
        try {
            while (!Files.exists(Records.finishMark(MARK))) {
                Thread.sleep(50);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
