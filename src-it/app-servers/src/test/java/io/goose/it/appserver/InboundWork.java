package io.goose.it.appserver;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A job of a message-driven bean that writes a row; it is done when the row is there, whatever was killed meanwhile. */
enum InboundWork implements XaWork {
    ROW;

    @Override
    public int parts() {
        return 1;
    }

    /** Crashes that follow each other are on queues of their own, for one that is kept waiting blocks its queue. */
    @Override
    public CompletableFuture<?> begin(XaServer server, String key) throws IOException {
        int number = Integer.parseInt(key.replaceAll("\\D", ""));
        server.post("jobs/row/" + XaServer.QUEUES_OF_BEAN.get(number % XaServer.QUEUES_OF_BEAN.size()) + "/" + key);
        return new CompletableFuture<>(); // nobody hears of the delivery
    }

    @Override
    public List<String> rows(String key, boolean committed) {
        return List.of(key);
    }

    @Override
    public List<String> jobs(String key, boolean committed) {
        return List.of();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
