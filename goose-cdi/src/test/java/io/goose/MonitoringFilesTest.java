package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Metric;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules name metrics that there are, as Prometheus calls them. */
class MonitoringFilesTest {

    private static final Path DIRECTORY = Path.of("..", "docs", "monitoring");
    private static final Pattern NAME = Pattern.compile("\\bgoose_[a-z_]+\\b");

    private static Set<String> existing() {
        Set<String> names = new TreeSet<>();
        for (Metric metric : Metric.values()) {
            String name = metric.label().replace('.', '_');
            switch (metric.type()) {
                case COUNTER -> names.add(name + "_total");
                case TIMER -> Set.of("count", "sum").forEach(part -> names.add(name + "_seconds_" + part));
                case GAUGE -> names.add(metric.isSeconds() ? name + "_seconds" : name);
            }
        }
        return names;
    }

    private static Set<String> named(String text) {
        Set<String> names = new TreeSet<>();
        for (Matcher found = NAME.matcher(text); found.find(); ) {
            names.add(found.group());
        }
        return names;
    }

    @Test
    void theRules_nameWhatThereIs() throws IOException {
        StringBuilder expressions = new StringBuilder();
        boolean inside = false;
        for (String line : Files.readAllLines(DIRECTORY.resolve("goose-alerts.yml"))) {
            inside = line.contains("expr:") || (inside && line.startsWith("          "));
            if (inside) {
                expressions.append(line).append('\n');
            }
        }
        assertThat(named(expressions.toString())).hasSizeGreaterThan(8).isSubsetOf(existing());
    }

    /** What tells of a delay or of a limit, and so is what an operator looks for first. */
    @Test
    void bothShowWhereJobsAreHeldUp() throws IOException {
        for (String file : List.of("goose-alerts.yml", "goose-dashboard.json")) {
            assertThat(named(Files.readString(DIRECTORY.resolve(file))))
                    .as(file)
                    .contains(
                            "goose_queue_oldest_seconds",
                            "goose_relay_lag_seconds_sum",
                            "goose_ledger_lag_seconds",
                            "goose_broker_pool_used",
                            "goose_broker_pool_size",
                            "goose_broker_up",
                            "goose_leases_lost_total");
        }
    }

    @Test
    void theDashboard_namesWhatThereIs_andEachPanelAsksForSomething() throws IOException {
        String text = Files.readString(DIRECTORY.resolve("goose-dashboard.json"));
        assertThat(named(text)).hasSizeGreaterThan(15).isSubsetOf(existing());
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            assertThat(reader.readObject().getJsonArray("panels").getValuesAs(JsonValue::asJsonObject))
                    .isNotEmpty()
                    .allSatisfy(
                            panel -> assertThat(panel.getJsonArray("targets").getValuesAs(JsonObject.class))
                                    .isNotEmpty()
                                    .allSatisfy(target -> assertThat(named(target.getString("expr")))
                                            .as(panel.getString("title"))
                                            .isNotEmpty()));
        }
    }
}
