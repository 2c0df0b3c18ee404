package io.goose.it.appserver;

import java.io.IOException;
import java.util.List;

/** Of servers that show metrics as Prometheus reads them. */
abstract class PrometheusMetricsContract extends StudioMetricsContract {

    PrometheusMetricsContract(AppServer.Kind kind) {
        super(kind);
    }

    @Override
    final List<Sample> shown(AppServer server) throws IOException {
        return Sample.prometheus(server.metrics());
    }

    @Override
    final String counter(String name) {
        return gauge(name) + "_total";
    }

    @Override
    final String timerCount(String name) {
        return gauge(name) + "_seconds_count";
    }

    @Override
    final String gauge(String name) {
        return name.replace('.', '_');
    }

    @Override
    final boolean forgets() {
        return true;
    }
}
