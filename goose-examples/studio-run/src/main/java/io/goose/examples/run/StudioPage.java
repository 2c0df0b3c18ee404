package io.goose.examples.run;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The studio as its page sees it. */
final class StudioPage {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Pattern READY = Pattern.compile("\"ready\":true");
    private static final Pattern STATE = Pattern.compile("\"state\":\"([A-Z]+)\"");

    private final URI root;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();

    StudioPage(int port) {
        this.root = URI.create("http://localhost:" + port + "/");
    }

    URI root() {
        return root;
    }

    /** What the gallery holds; empty while the studio does not answer. */
    Optional<Progress> progress() {
        HttpRequest look = HttpRequest.newBuilder(root.resolve("api/gallery"))
                .timeout(ANSWER)
                .build();
        try {
            HttpResponse<String> answer = http.send(look, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(Progress.of(answer.body())) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * How far the studio's jobs are.
     *
     * @param ready whether the studio has enqueued those with which it opens
     * @param open jobs that wait, run or will be retried
     */
    record Progress(boolean ready, long open, long done, long dead) {

        static Progress of(String gallery) {
            long done = states(gallery).filter("DONE"::equals).count();
            long dead = states(gallery).filter("DEAD"::equals).count();
            return new Progress(READY.matcher(gallery).find(), states(gallery).count() - done - dead, done, dead);
        }

        /** Whether nothing is left to be done. */
        boolean isIdle() {
            return ready && open == 0;
        }

        private static Stream<String> states(String gallery) {
            return STATE.matcher(gallery).results().map(found -> found.group(1));
        }
    }
}
