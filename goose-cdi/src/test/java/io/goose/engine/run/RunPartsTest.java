package io.goose.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.job.Envelope;
import io.goose.spi.Lease;
import io.goose.tck.TestJobs;
import jakarta.ejb.EJBException;
import jakarta.ejb.EJBTransactionRolledbackException;
import jakarta.json.JsonArray;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import javax.naming.NamingException;
import org.junit.jupiter.api.Test;

class RunPartsTest {

    private static final LeaseWatch QUIET = new LeaseWatch() {
        @Override
        public boolean isLost() {
            return false;
        }

        @Override
        public boolean isInterrupted() {
            return false;
        }

        @Override
        public boolean isStopping() {
            return false;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isOverdue() {
            return false;
        }

        @Override
        public void died() {}

        @Override
        public boolean hasDied() {
            return false;
        }

        @Override
        public void bodyBegins(Duration limit) {}

        @Override
        public void bodyEnded() {}
    };

    private static Attempt attempt(String handler) {
        Lease lease = new Lease(TestJobs.job("q"), 1, false);
        Envelope envelope = Envelope.builder(lease.job().id(), handler, "q", JsonArray.EMPTY_JSON_ARRAY, Instant.EPOCH)
                .build();
        return new Attempt(lease, envelope, handler, 3, QUIET);
    }

    @Test
    void theWrappersOfContainersAndReflectionAreTakenOff() {
        ArithmeticException own = new ArithmeticException();
        for (Throwable wrapped : new Throwable[] {
            own,
            new InvocationTargetException(own),
            new UndeclaredThrowableException(own),
            new CompletionException(own),
            new ExecutionException(own),
            new EJBException(own),
            new EJBTransactionRolledbackException("rolled back", own),
            new EJBException(new EJBException(new EJBException(own)))
        }) {
            assertThat(Causes.unwrap(wrapped)).isSameAs(own);
        }
    }

    @Test
    void anApplicationsOwnWrapperIsItsFailureAndAnEmptyWrapperToo() {
        IllegalStateException own = new IllegalStateException(new ArithmeticException());
        assertThat(Causes.unwrap(own)).isSameAs(own);
        EJBException empty = new EJBException("no cause");
        assertThat(Causes.unwrap(empty)).isSameAs(empty);
        assertThat(Causes.unwrap(new CompletionException(null))).isInstanceOf(CompletionException.class);
    }

    @Test
    void aCycleOfWrappersEnds() {
        class Looping extends CompletionException {
            @Override
            public synchronized Throwable getCause() {
                return this;
            }
        }
        Looping looping = new Looping();
        assertThat(Causes.unwrap(looping)).isSameAs(looping);
        assertThat(Causes.isServerStopping(looping)).isFalse();
    }

    @Test
    void whatAServerThatStopsTakesAwayIsKnownAtAnyDepth() {
        for (Throwable sign : new Throwable[] {
            new InterruptedException(),
            new RejectedExecutionException(),
            new ClosedByInterruptException(),
            new NamingException()
        }) {
            assertThat(Causes.isServerStopping(sign)).isTrue();
            assertThat(Causes.isServerStopping(new IllegalStateException(new EJBException(asException(sign)))))
                    .isTrue();
        }
        assertThat(Causes.isServerStopping(new IllegalStateException())).isFalse();
    }

    private static Exception asException(Throwable sign) {
        return (Exception) sign;
    }

    @Test
    void theCurrentRunIsTheInnermostAndGoneAfterTheOutermost() {
        CurrentRun current = new CurrentRun();
        Attempt outer = attempt("outer");
        Attempt inner = attempt("inner");
        current.enter(outer);
        outer.arm();
        current.enter(inner);
        assertThat(current.handler()).isEqualTo("inner");
        assertThat(current.id()).isEqualTo(inner.id());
        assertThat(current.take("outer"))
                .as("the outer's token is not the inner's")
                .isFalse();
        current.leave();
        assertThat(current.handler()).isEqualTo("outer");
        assertThat(current.take("outer")).isTrue();
        assertThat(current.take("outer")).isFalse();
        current.leave();
        assertThatThrownBy(current::handler).isInstanceOf(IllegalStateException.class);
        assertThat(current.take("outer")).isFalse();
    }

    @Test
    void theRunOfAnotherThreadIsNotSeen() throws Exception {
        CurrentRun current = new CurrentRun();
        current.enter(attempt("mine"));
        boolean[] seen = {true};
        Thread other = new Thread(() -> {
            try {
                current.handler();
            } catch (IllegalStateException notThere) {
                seen[0] = false;
            }
        });
        other.start();
        other.join();
        current.leave();
        assertThat(seen[0]).isFalse();
    }

    @Test
    void aDisarmedTokenCannotBeTaken() {
        Attempt attempt = attempt("job");
        assertThat(attempt.take("job")).isFalse();
        attempt.arm();
        attempt.disarm();
        assertThat(attempt.take("job")).isFalse();
        attempt.arm();
        assertThat(attempt.take("other")).isFalse();
        assertThat(attempt.take("job")).isTrue();
    }
}
