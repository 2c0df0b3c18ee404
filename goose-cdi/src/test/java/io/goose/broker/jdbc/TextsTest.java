package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Strangers' texts fit their columns, and two needs stay two. */
final class TextsTest {

    @Test
    void whatCanBeStored_staysAsItIs() {
        assertThat(Texts.need("h:com.example.Mailer#send")).isEqualTo("h:com.example.Mailer#send");
        assertThat(Texts.clean("Grüße \uD83E\uDEBF")).isEqualTo("Grüße \uD83E\uDEBF");
    }

    @Test
    void nulAndHalfPairs_areReplaced() {
        assertThat(Texts.clean("a\0b\uD83Ec")).isEqualTo("a\uFFFDb\uFFFDc");
        assertThat(Texts.note("x".repeat(1999) + "\uD83E\uDEBF")).hasSize(2000).endsWith("\uFFFD");
    }

    @Test
    void needs_thatDifferOnlyInWhatCannotBeStored_stayDifferent() {
        String base = "h:" + "x".repeat(500);

        assertThat(Texts.need(base + "1")).hasSizeLessThanOrEqualTo(400).isNotEqualTo(Texts.need(base + "2"));
        assertThat(Texts.need("h:a\0")).isNotEqualTo(Texts.need("h:a\uFFFD")).isNotEqualTo(Texts.need("h:a"));
        assertThat(Texts.need("h:a "))
                .as("MariaDB compares without trailing space")
                .doesNotEndWith(" ");
    }

    @Test
    void aNeedOfSeveral_isMetByWhoAnnouncedThemAll() {
        String longName = "handler:" + "x".repeat(500);
        for (String handler : Set.of("handler:a", "handler:b\0", longName)) {
            String stored = Texts.need("enc:smile " + handler);

            assertThat(stored).hasSizeLessThanOrEqualTo(400);
            assertThat(Texts.isMetBy(Set.of(handler, "enc:smile", "enc:json"), stored))
                    .isTrue();
            assertThat(Texts.isMetBy(Set.of(handler), stored)).isFalse();
            assertThat(Texts.isMetBy(Set.of("enc:smile", handler + "y"), stored))
                    .isFalse();
        }
        assertThat(Texts.need(longName + "1 " + longName + "2"))
                .hasSizeLessThanOrEqualTo(400)
                .isNotEqualTo(Texts.need(longName + "1 " + longName + "3"));
        assertThat(Texts.need((longName + " ").repeat(9) + "enc:smile")).hasSizeLessThanOrEqualTo(400);
    }
}
