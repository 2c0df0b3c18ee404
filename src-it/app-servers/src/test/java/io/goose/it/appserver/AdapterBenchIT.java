package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the adapter costs, on WildFly: jobs a second through it and past it, on the same server and Redis, in turns. It prints;
 * how fast a machine is, is no test. The ratio is the median of those of the rounds, for what else the machine does changes.
 */
@Tag("bench")
final class AdapterBenchIT {

    private static final int ROUNDS = 7;
    private static final int WARM_UPS = 2;
    private static final int ENQUEUES = 20_000;
    private static final int RUNS = 20_000;

    @Test
    void jobsASecond_throughTheAdapter_andPastIt() throws IOException {
        Path directory = Path.of(System.getProperty("it.work", "target/it"), "AdapterBenchIT")
                .toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        try (Broker redis = new Broker();
                AppServer server = AppServer.Kind.WILDFLY.start(new AppServer.Settings(
                        AppServerContract.ownJdk(),
                        directory,
                        Map.of(
                                "IT_RECORDS", directory.resolve("records.jsonl").toString(),
                                "GOOSE_BROKERS", "main,direct",
                                "GOOSE_BROKER_MAIN_KIND", "jca",
                                "GOOSE_BROKER_MAIN_JNDI", "eis/goose",
                                "GOOSE_BROKER_DIRECT_URL", redis.url().toString(),
                                "GOOSE_BROKER_DIRECT_WORKER_QUEUES", "direct",
                                "GOOSE_BROKER_DIRECT_WORKER_THREADS", "3", // as many as the bean has
                                "GOOSE_WORKER_ENABLED", "true",
                                "GOOSE_WORKER_QUEUES", "other"),
                        List.of(),
                        List.of(),
                        Optional.of(new AppServer.Adapter(redis.url().toString(), Optional.empty()))))) {
            server.deploy("inbound", Archives.INBOUND);
            Requests requests = new Requests(server.uri());
            for (int threads : List.of(1, 8)) {
                compare(
                        requests,
                        "enqueued by " + threads + " threads",
                        "enqueue/direct/" + ENQUEUES + "/" + threads,
                        "enqueue/main/" + ENQUEUES + "/" + threads);
            }
            compare(requests, "run by 3 threads", "run/direct/" + RUNS, "run/inbound/" + RUNS);
        }
    }

    private static void compare(Requests requests, String what, String past, String through) throws IOException {
        List<Double> direct = new ArrayList<>();
        List<Double> adapter = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < WARM_UPS + ROUNDS; round++) {
            boolean isPastFirst = round % 2 == 0;
            double first = rate(requests, isPastFirst ? past : through);
            double second = rate(requests, isPastFirst ? through : past);
            double one = isPastFirst ? first : second;
            double other = isPastFirst ? second : first;
            assertThat(List.of(one, other)).allMatch(rate -> rate > 0);
            if (round >= WARM_UPS) {
                direct.add(one);
                adapter.add(other);
                ratios.add(other / one);
            }
        }
        System.out.printf(
                "%s: %.0f/s past the adapter %s, %.0f/s through it %s, ratio %.2f %s%n",
                what,
                median(direct),
                shown(direct),
                median(adapter),
                shown(adapter),
                median(ratios),
                ratios.stream().map("%.2f"::formatted).toList());
    }

    private static double rate(Requests requests, String path) throws IOException {
        return Double.parseDouble(requests.post("/inbound/api/bench/" + path));
    }

    private static double median(List<Double> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    private static List<Long> shown(List<Double> all) {
        return all.stream().map(Math::round).toList();
    }
}
