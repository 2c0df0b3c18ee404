package io.goose.it.appserver;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Of servers that send metrics to a collector. */
abstract class OtlpMetricsContract extends StudioMetricsContract {

    private MetricReceiver receiver;

    OtlpMetricsContract(AppServer.Kind kind) {
        super(kind);
    }

    @BeforeEach
    void open() throws IOException {
        receiver = new MetricReceiver();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Override
    final Map<String, String> environment() {
        return receiver.environment();
    }

    @Override
    final List<Sample> shown(AppServer server) {
        return receiver.samples();
    }

    @Override
    final String counter(String name) {
        return name;
    }

    @Override
    final String timerCount(String name) {
        return name + "_count";
    }

    @Override
    final String gauge(String name) {
        return name;
    }

    @Override
    final boolean forgets() {
        return false;
    }
}
