package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PrefetchTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void itGoesUpAtOnce_inFewSteps() {
        Prefetch prefetch = new Prefetch(5);
        prefetch.begin(5, 0);
        assertThat(prefetch.now()).isEqualTo(5);

        assertThat(prefetch.wish(6, 0)).isTrue();
        assertThat(prefetch.now()).isEqualTo(20);
        assertThat(prefetch.wish(20, 0)).isFalse();
        assertThat(prefetch.wish(120, 0)).isTrue();
        assertThat(prefetch.now()).isEqualTo(250);
        assertThat(prefetch.wish(251, 0)).isTrue();
        assertThat(prefetch.now()).isEqualTo(500);
    }

    @Test
    void itGoesDown_whenLessWasWantedAllTheTime() {
        Prefetch prefetch = new Prefetch(5);
        prefetch.begin(200, 0);

        assertThat(prefetch.wish(5, SECOND)).isFalse();
        assertThat(prefetch.wish(200, 9 * SECOND)).isFalse();
        assertThat(prefetch.wish(5, 18 * SECOND)).as("the time begins again").isFalse();
        assertThat(prefetch.wish(20, 19 * SECOND)).isFalse();
        assertThat(prefetch.wish(5, 20 * SECOND)).isTrue();
        assertThat(prefetch.now()).as("the most that was wanted").isEqualTo(20);
    }

    @Test
    void largeJobsMakeItSmall() {
        Prefetch prefetch = new Prefetch(5);
        prefetch.noteSize(256 << 10);
        prefetch.begin(250, 0);
        assertThat(prefetch.now()).isEqualTo(32); // 8 MiB

        prefetch.noteSize(300 << 20);
        prefetch.begin(250, 0);
        assertThat(prefetch.now()).as("never none").isEqualTo(1);
    }
}
