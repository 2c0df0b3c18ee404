package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.util.Nonbinding;
import org.junit.jupiter.api.Test;

final class AsyncJobTest {

    /** The interceptor is bound to the annotation alone: by another value of a binding member it would not be found. */
    @Test
    void noMember_bindsTheInterceptor() {
        assertThat(AsyncJob.class.getDeclaredMethods()).isNotEmpty().allSatisfy(member -> assertThat(
                        member.isAnnotationPresent(Nonbinding.class))
                .as(member.getName())
                .isTrue());
    }
}
