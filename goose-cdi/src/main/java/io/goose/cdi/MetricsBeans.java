package io.goose.cdi;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.config.MetricsSettings;
import io.goose.metrics.micrometer.MicrometerSink;
import io.goose.metrics.microprofile.MicroProfileSink;
import io.goose.metrics.opentelemetry.OpenTelemetrySink;
import io.goose.metrics.statsd.StatsdSink;
import io.goose.spi.MetricsSink;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sinks for what servers bring, where they do, and which of them is given something. */
final class MetricsBeans {

    private static final System.Logger LOG = System.getLogger(GooseExtension.class.getName());

    // By name: naming the class would load it where its API is absent.
    private static final String PACKAGE = "io.goose.metrics.";
    private static final Map<String, String> OURS = Map.of(
            PACKAGE + "microprofile.MicroProfileSink", MetricsSettings.MICROPROFILE,
            PACKAGE + "micrometer.MicrometerSink", MetricsSettings.MICROMETER,
            PACKAGE + "opentelemetry.OpenTelemetrySink", MetricsSettings.OPENTELEMETRY);

    private MetricsBeans() {}

    static boolean isOne(Bean<?> bean) {
        return OURS.containsKey(bean.getBeanClass().getName());
    }

    static void addTo(BeforeBeanDiscovery event) {
        if (Optionals.isThere("org.eclipse.microprofile.metrics.MetricRegistry")) {
            WithMicroProfile.addTo(event);
        }
        if (Optionals.isThere("io.micrometer.core.instrument.MeterRegistry")) {
            WithMicrometer.addTo(event);
        }
        if (Optionals.isThere("io.opentelemetry.api.metrics.Meter")) {
            WithOpenTelemetry.addTo(event);
        }
    }

    private static void add(BeforeBeanDiscovery event, Class<? extends MetricsSink> sink) {
        event.addAnnotatedType(sink, "io.goose:" + sink.getName()).add(ApplicationScoped.Literal.INSTANCE);
    }

    // Each apart, so that the classes of an API are looked for only where they are.
    private static final class WithMicroProfile {
        static void addTo(BeforeBeanDiscovery event) {
            add(event, MicroProfileSink.class);
        }
    }

    private static final class WithMicrometer {
        static void addTo(BeforeBeanDiscovery event) {
            add(event, MicrometerSink.class);
        }
    }

    private static final class WithOpenTelemetry {
        static void addTo(BeforeBeanDiscovery event) {
            add(event, OpenTelemetrySink.class);
        }
    }

    /** The application's own sinks, and those of ours that the settings name. */
    static List<MetricsSink> chosen(ExtensionBeans found, MetricsSettings settings) {
        List<MetricsSink> all = new ArrayList<>();
        Map<String, Bean<?>> ours = new LinkedHashMap<>();
        for (Bean<?> bean : found.all(MetricsSink.class)) {
            String name = OURS.get(bean.getBeanClass().getName());
            if (name == null) {
                all.add(found.references().get(bean, MetricsSink.class));
            } else {
                ours.put(name, bean);
            }
        }
        Map<String, MetricsSink> chosen = new LinkedHashMap<>();
        settings.ofServers().forEach(name -> {
            take(name, ours, found, chosen);
            if (!chosen.containsKey(name)) {
                LOG.log(
                        WARNING,
                        "GOOSE-4155: goose.metrics.sinks names {0}, but the server injects no registry of it; nothing is"
                                + " measured there. Add the server's feature or layer, or remove the name",
                        name);
            }
        });
        if (settings.sinks().contains(MetricsSettings.AUTO) && chosen.isEmpty()) {
            for (String name : MetricsSettings.OF_SERVERS) { // one of them: a server that has two would show all twice
                if (chosen.isEmpty()) {
                    take(name, ours, found, chosen);
                }
            }
        }
        if (settings.sinks().contains(MetricsSettings.STATSD)) {
            chosen.put(MetricsSettings.STATSD, statsd(settings.statsd()));
        }
        if (!chosen.isEmpty()) {
            LOG.log(INFO, "GOOSE-4156: metrics go to {0}", String.join(", ", chosen.keySet()));
        }
        all.addAll(chosen.values());
        return all;
    }

    private static void take(
            String name, Map<String, Bean<?>> ours, ExtensionBeans found, Map<String, MetricsSink> chosen) {
        Bean<?> bean = ours.get(name);
        if (bean != null) {
            MetricsSink sink = found.references().get(bean, MetricsSink.class);
            if (sink.isUsable()) {
                chosen.put(name, sink);
            }
        }
    }

    private static MetricsSink statsd(MetricsSettings.Statsd to) {
        return StatsdSink.of(new StatsdSink.Options(
                to.host(),
                to.port(),
                to.prefix(),
                to.plain() ? StatsdSink.Format.PLAIN : StatsdSink.Format.DOGSTATSD,
                to.sampleRate(),
                to.tags()));
    }
}
