package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpellingTest {

    @Test
    void nearest_isTheSameInWhateverOrderTheCandidatesCome() {
        assertThat(Spelling.nearest("report", List.of("main", "reports"))).contains("reports");
        assertThat(Spelling.nearest("report", List.of("reports", "main"))).contains("reports");
    }

    @Test
    void nearest_ofTwoAsNearIsTheFirstByName() {
        assertThat(Spelling.nearest("tan", List.of("tam", "tab"))).contains("tab");
        assertThat(Spelling.nearest("tan", List.of("tab", "tam"))).contains("tab");
    }

    @Test
    void nearest_isNoneIfMoreThanAThirdOfTheLettersIsWrong() {
        assertThat(Spelling.nearest("reports", List.of("main"))).isEmpty();
        assertThat(Spelling.nearest("reports", List.of("repots", "main"))).contains("repots");
    }
}
