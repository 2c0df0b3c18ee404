package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page about scenarios has each action of the original's console, with a call of the admin API that there is. */
class ConsoleActionsTest {

    /** On Redis: of each part of its page the places, and the verbs that it answers there. */
    private static final List<String> ROUTES = List.of(
            "GET /",
            "GET /enqueued",
            "GET /enqueued/queue/:q",
            "DELETE /enqueued/queue/:q",
            "POST /enqueued/queue/:q/jobs",
            "DELETE /enqueued/queue/:q/jobs",
            "GET /enqueued/queue/:q/job/:id",
            "POST /enqueued/queue/:q/job/:id",
            "DELETE /enqueued/queue/:q/job/:id",
            "GET /scheduled",
            "DELETE /scheduled",
            "POST /scheduled/jobs",
            "DELETE /scheduled/jobs",
            "GET /scheduled/job/:id",
            "POST /scheduled/job/:id",
            "DELETE /scheduled/job/:id",
            "GET /dead",
            "DELETE /dead",
            "POST /dead/jobs",
            "DELETE /dead/jobs",
            "GET /dead/job/:id",
            "POST /dead/job/:id",
            "DELETE /dead/job/:id",
            "GET /batch",
            "GET /batch/job/:id",
            "DELETE /batch/job/:id",
            "GET /cron",
            "DELETE /cron",
            "DELETE /cron/jobs",
            "GET /cron/job/:name",
            "DELETE /cron/job/:name");

    private static final List<String> ROUTES_ON_RABBITMQ =
            List.of("GET /dead", "DELETE /dead", "DELETE /dead/job", "POST /dead/jobs");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (on RabbitMQ )?`([A-Z]+ /[^`]*)`: [^|]+ \\| ([^|]*) \\|$");
    private static final Pattern CALL = Pattern.compile("`(\\w+Admin)\\.(\\w+)`");

    private static List<MatchResult> rows;

    @BeforeAll
    static void read() throws IOException {
        String page = Files.readString(Path.of("../docs/scenarios.md"));
        int begin = page.indexOf("## Actions of its console");
        rows = ROW.matcher(page.substring(begin, page.indexOf("\n## ", begin)))
                .results()
                .toList();
    }

    @Test
    void eachAction_hasARow() {
        assertThat(rows)
                .filteredOn(row -> row.group(1) == null)
                .extracting(row -> row.group(2))
                .isEqualTo(ROUTES);
        assertThat(rows)
                .filteredOn(row -> row.group(1) != null)
                .extracting(row -> row.group(2))
                .isEqualTo(ROUTES_ON_RABBITMQ);
    }

    @Test
    void eachRow_namesACallThatThereIs() throws ClassNotFoundException {
        for (MatchResult row : rows) {
            List<MatchResult> calls = CALL.matcher(row.group(3)).results().toList();
            assertThat(calls).as(row.group()).isNotEmpty();
            for (MatchResult call : calls) {
                assertThat(Class.forName("io.goose.admin." + call.group(1)).getMethods())
                        .as(row.group())
                        .extracting(Method::getName)
                        .contains(call.group(2));
            }
        }
    }
}
