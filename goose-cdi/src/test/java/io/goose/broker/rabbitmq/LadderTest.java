package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LadderTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 1",
        "PT0.001S, 1",
        "PT1S, 1",
        "PT1.001S, 2",
        "PT3S, 3",
        "P60D, 5184000",
        "P97D, 8380800",
        "P98D, 8388607",
        "P36500D, 8388607"
    })
    void aDelayIsRoundedUpToSecondsAndBounded(Duration delay, long seconds) {
        assertThat(Ladder.seconds(delay)).isEqualTo(seconds);
    }

    @Test
    void theLongestLevelIsWithinWhatRabbitMqCounts() {
        assertThat(Ladder.millis(Ladder.LEVELS - 1)).isLessThan(1L << 32);
        assertThat(Ladder.MOST_SECONDS).isGreaterThan(Duration.ofDays(60).toSeconds());
    }

    @Test
    void sixtyDaysAreTheSumOfTheirLevels() {
        assertThat(levels(Duration.ofDays(60).toSeconds(), "q")).containsExactly(22, 19, 18, 17, 16, 12, 11, 9);
    }

    @Test
    void everyDelayIsHeldForItsTime_byEachLevelOnce_theLongestFirst() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            long seconds = 1 + (long) (random.nextDouble() * Ladder.MOST_SECONDS);
            List<Integer> levels = levels(seconds, "a.b.#");
            assertThat(levels).isSortedAccordingTo((a, b) -> b - a).doesNotHaveDuplicates();
            assertThat(levels.stream().mapToLong(Ladder::millis).sum()).isEqualTo(1000 * seconds);
        }
    }

    @Test
    void aQueuesNameIsNoPattern() {
        String key = Ladder.key(1, "#");

        assertThat(matches(Ladder.out("#"), key)).isTrue();
        assertThat(matches(Ladder.out("#"), Ladder.key(1, "other"))).isFalse();
        assertThat(matches(Ladder.out("a"), Ladder.key(1, "b.a"))).isFalse();
        assertThat(Ladder.out("#")).isNotEqualTo(Ladder.out("%23"));
    }

    /** The levels that hold a message, as the exchanges route it. */
    private static List<Integer> levels(long seconds, String queue) {
        String key = Ladder.key(seconds, queue);
        List<Integer> levels = new ArrayList<>();
        for (int level = Ladder.first(seconds); level >= 0; level--) {
            boolean holds = matches(Ladder.binding(level, true), key);
            assertThat(matches(Ladder.binding(level, false), key)).isNotEqualTo(holds);
            if (holds) {
                levels.add(level);
            }
        }
        assertThat(matches(Ladder.out(queue), key)).isTrue();
        return levels;
    }

    /** What a topic exchange does. */
    private static boolean matches(String binding, String key) {
        StringBuilder pattern = new StringBuilder();
        for (String word : binding.split("\\.")) {
            pattern.append(
                    switch (word) {
                        case "*" -> "\\.[^.]*";
                        case "#" -> "(\\.[^.]*)*";
                        default -> Pattern.quote("." + word);
                    });
        }
        return ("." + key).matches(pattern.toString());
    }
}
