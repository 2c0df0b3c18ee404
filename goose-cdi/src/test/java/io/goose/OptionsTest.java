package io.goose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options, retry policies and delays as values. */
class OptionsTest {

    @Test
    void optionsThatAreSetWinAndTheRestComesFromTheOther() {
        JobId id = JobId.of(UUID.randomUUID());
        JobOptions call = JobOptions.builder()
                .id(id)
                .maxRetries(1)
                .tags("call", "too")
                .header("a", "call")
                .build();
        JobOptions declared = JobOptions.builder()
                .queue("declared")
                .maxRetries(9)
                .retryQueue("later")
                .retryDelay(RetryDelay.fixed(Duration.ofSeconds(5)))
                .skipDead(true)
                .tags("declared", "too")
                .header("a", "declared")
                .header("b", "declared")
                .front()
                .build();
        JobOptions joined = call.or(declared);

        assertThat(joined.id()).contains(id);
        assertThat(joined.queue()).contains("declared");
        assertThat(joined.retry().max()).hasValue(1);
        assertThat(joined.retry().queue()).contains("later");
        assertThat(joined.retry().delay()).contains(RetryDelay.fixed(Duration.ofSeconds(5)));
        assertThat(joined.retry().skipDead()).contains(true);
        assertThat(joined.front()).isTrue();
        assertThat(joined.tags()).containsExactly("declared", "too", "call");
        assertThat(joined.headers()).isEqualTo(Map.of("a", "call", "b", "declared"));
        assertThat(JobOptions.NONE.or(JobOptions.NONE).queue()).isEmpty();
    }

    @Test
    void timeoutAndDeadlineOfTheCallWinAndADeadlineIsOneThing() {
        Instant enqueued = Instant.parse("2026-03-04T05:06:07Z");
        Instant until = Instant.parse("2026-03-05T00:00:00Z");
        JobOptions declared = JobOptions.builder()
                .timeout(Duration.ofMinutes(1))
                .deadline(until)
                .build();

        JobOptions joined = JobOptions.builder()
                .timeout(Duration.ofSeconds(2))
                .deadlineIn(Duration.ofHours(1))
                .build()
                .or(declared);

        assertThat(joined.timeout()).contains(Duration.ofSeconds(2));
        assertThat(joined.deadline(enqueued)).contains(enqueued.plusSeconds(3600));
        assertThat(JobOptions.builder().front().build().or(declared).deadline(enqueued))
                .contains(until);
        JobOptions.Builder both = JobOptions.builder();
        assertThat(both.deadlineIn(Duration.ofDays(1)).deadline(until).build().deadline(enqueued))
                .contains(until);
        assertThat(both.deadlineIn(Duration.ofDays(1)).build().deadline(enqueued))
                .contains(enqueued.plus(Duration.ofDays(1)));
        assertThat(JobOptions.NONE.deadline(enqueued)).isEmpty();
        for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(4000))) {
            assertThatThrownBy(() -> both.timeout(none)).hasMessageStartingWith("GOOSE-4128");
            assertThatThrownBy(() -> both.deadlineIn(none)).hasMessageStartingWith("GOOSE-4128");
        }
    }

    @Test
    void tagsAreAddedAndHeadersReplaced() {
        JobOptions options = JobOptions.builder()
                .tags("one")
                .tags("two", "one")
                .header("a", "first")
                .header("a", "second")
                .build();

        assertThat(options.tags()).containsExactly("one", "two");
        assertThat(options.headers()).isEqualTo(Map.of("a", "second"));
    }

    @Test
    void skipDeadCanBeTakenBackByTheCall() {
        JobOptions declared = JobOptions.builder().skipDead(true).build();
        assertThat(JobOptions.builder()
                        .skipDead(false)
                        .build()
                        .or(declared)
                        .retry()
                        .skipDead())
                .contains(false);
    }

    @Test
    void aWholePolicyReplacesOnlyWhatItSets() {
        JobOptions options = JobOptions.builder()
                .retryQueue("again")
                .retry(RetryPolicy.none())
                .build();
        assertThat(options.retry().max()).hasValue(0);
        assertThat(options.retry().queue()).contains("again");
        assertThat(RetryPolicy.UNSET.max()).isEmpty();
    }

    @Test
    void valuesThatAreNotAllowedAreRefusedAtOnce() {
        assertThatThrownBy(() -> JobOptions.builder().maxRetries(-1)).hasMessageContaining("maxRetries=-1");
        assertThatThrownBy(() -> JobOptions.builder().queue("a b")).hasMessageContaining("GOOSE-1002");
        assertThatThrownBy(() -> JobOptions.builder().retryQueue("")).hasMessageContaining("GOOSE-1002");
        assertThatThrownBy(() -> JobOptions.builder().header("", "x")).hasMessageContaining("GOOSE-1006");
        assertThatThrownBy(() -> JobOptions.builder().header("h".repeat(129), "x"))
                .hasMessageContaining("GOOSE-1006");
        assertThatThrownBy(() -> new RetryLater(Duration.ofSeconds(-1)))
                .hasMessageContainingAll("GOOSE-1005", "negative");
        assertThatThrownBy(() -> RetryDelay.exponential(Duration.ZERO, 0.5, Duration.ZERO))
                .hasMessageContaining("GOOSE-1005");
        assertThatThrownBy(() -> JobId.of("7")).hasMessageContaining("GOOSE-1007");
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "fixed:PT5S", "fixed:PT0S", "exponential:PT1S,2.0,PT1H", "named:mine"})
    void aDelayIsReadAsItIsWritten(String text) {
        assertThat(RetryDelay.parse(text).text()).isEqualTo(text);
        assertThat(RetryDelay.parse(RetryDelay.parse(text).text())).isEqualTo(RetryDelay.parse(text));
    }

    @Test
    void anExponentialDelayMayHaveSpacesAndAWholeFactor() {
        assertThat(RetryDelay.parse("exponential:PT1S, 2, PT1H"))
                .isEqualTo(RetryDelay.exponential(Duration.ofSeconds(1), 2.0, Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5s",
                "Standard",
                "fixed",
                "fixed:",
                "fixed:5",
                "fixed:PT-5S",
                "exponential:PT1S",
                "exponential:PT1S,2.0",
                "exponential:PT1S,0.5,PT1H",
                "exponential:PT1S,NaN,PT1H",
                "exponential:PT1S,1001,PT1H",
                "exponential:PT1S,two,PT1H",
                "exponential:PT1S,2.0,PT-1H",
                "exponential:PT1S,2.0,PT1H,PT2H",
                "named:",
                "named: "
            })
    void whatIsNoDelayIsRefusedWithTheForms(String text) {
        assertThatThrownBy(() -> RetryDelay.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("GOOSE-1003", "'" + text + "'", "fixed:PT5S", "named:<bean>");
    }

    @Test
    void theStandardDelayIsTheOriginalsFormula() {
        assertThat(RetryDelay.standardDelay(0, bound -> 0)).isEqualTo(Duration.ofSeconds(20));
        assertThat(RetryDelay.standardDelay(0, bound -> bound - 1)).isEqualTo(Duration.ofSeconds(39));
        assertThat(RetryDelay.standardDelay(3, bound -> 7)).isEqualTo(Duration.ofSeconds(20 + 7 * 4 + 81));
        assertThat(RetryDelay.standardDelay(26, bound -> 10))
                .as("the longest of 27")
                .isBetween(Duration.ofDays(5), Duration.ofDays(6));
    }

    @Test
    void twentySevenRetriesTakeAboutThirtyDays() {
        Duration sum = IntStream.range(0, RetryPolicy.DEFAULT_MAX)
                .mapToObj(n -> RetryDelay.standardDelay(n, bound -> bound / 2))
                .reduce(Duration.ZERO, Duration::plus);
        assertThat(sum).isBetween(Duration.ofHours(30 * 24), Duration.ofHours(31 * 24));
    }

    @Test
    void theStandardDelayIsBoundedHoweverManyRetriesThereWere() {
        for (int retries : List.of(1_000, 50_000, 50_001, Integer.MAX_VALUE)) {
            assertThat(RetryDelay.standardDelay(retries, bound -> bound - 1))
                    .isPositive()
                    .isLessThan(Duration.ofDays(1_000_000));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "a", "mail-2", "a/b", "ünïcode", "with.dot", "UPPER_lower"})
    void theseAreQueueNames(String name) {
        assertThat(QueueNames.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\tb", "a{b", "a}b", "a*b", "a,b", "a:b", "a\u0000", "\u007f"})
    void theseAreNot(String name) {
        assertThat(QueueNames.problem(name)).isPresent();
        assertThatThrownBy(() -> QueueNames.check(name)).hasMessageContaining("GOOSE-1002");
    }

    @Test
    void aQueueNameHasAtMost199Characters() {
        assertThat(QueueNames.problem("q".repeat(199))).isEmpty();
        assertThat(QueueNames.problem("q".repeat(200)))
                .hasValueSatisfying(why -> assertThat(why).contains("200", "199"));
    }
}
