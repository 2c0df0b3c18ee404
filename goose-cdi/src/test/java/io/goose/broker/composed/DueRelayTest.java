package io.goose.broker.composed;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TestJobs;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transport that answers late, or never. */
@Timeout(180)
final class DueRelayTest {

    private static final String QUEUE = "a";

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:relay" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final Broker owner = JdbcBrokerFactory.of(pool)
            .create(
                    new BrokerSettings("main", "goose", Map.of(), Duration.ofHours(1), BrokerUnderTest.STANDARD_DEAD),
                    (name, body) -> new Thread(body, name));
    private final GuardedLedger ledger = owner.ledgerFor("composed").orElseThrow();
    private final CompletableFuture<List<SendResult>> answer = new CompletableFuture<>();
    private final Transport transport = (Transport) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("send");
                return answer;
            });

    private long nanos;

    /** What was taken is a stray at once. */
    private final DueRelay relay = new DueRelay(transport, ledger, Duration.ZERO, Duration.ofMillis(1), () -> nanos);

    @BeforeEach
    void keepOne() {
        ledger.keep(List.of(TestJobs.at(TestJobs.job(QUEUE), Instant.now().minusSeconds(60))));
    }

    @AfterEach
    void close() {
        owner.close();
        pool.dispose();
    }

    @Test
    void aTransportThatDoesNotAnswer_keepsNeitherAClaimNorAHeart_andItsJobsStayStrays() {
        assertThat(relay.send(QUEUE).untilNext()).isNull();

        assertThat(relay.sendStrays()).isEqualTo(1);
        assertThat(relay.sendStrays()).isEqualTo(1);
    }

    @Test
    void anAnswerThatComesLate_isNotedByTheNextSweep() {
        relay.send(QUEUE);
        answer.complete(List.of(SendResult.Accepted.INSTANCE));

        assertThat(relay.sendStrays()).isZero();
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void itsLag_growsWhileTheTransportDoesNotTakeAJob_andIsOverWhenItHas() {
        relay.send(QUEUE);
        assertThat(relay.lag()).as("all of it was taken").isZero();
        assertThat(relay.sendStrays()).isEqualTo(1);
        pass(Duration.ofSeconds(20));
        assertThat(relay.lag()).isEqualTo(Duration.ofSeconds(20));
        assertThat(relay.sendStrays()).isEqualTo(1);
        pass(Duration.ofSeconds(50));
        assertThat(relay.lag()).isEqualTo(Duration.ofSeconds(70));
        pass(Lateness.KEPT);
        assertThat(relay.lag()).as("nobody has looked").isZero();

        answer.complete(List.of(SendResult.Accepted.INSTANCE));
        assertThat(relay.sendStrays()).isZero();
        assertThat(relay.lag()).isZero();
    }

    @Test
    void itsLag_beginsWhenTheNextJobIsDue_andIsOverWhenThatIsTaken() {
        ledger.keep(List.of(TestJobs.at(TestJobs.job(QUEUE), Instant.now().plusSeconds(30))));
        relay.send(QUEUE); // the other one
        assertThat(relay.lag()).isZero();
        pass(Duration.ofSeconds(40));
        assertThat(relay.lag()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(40));
        pass(Duration.ofSeconds(5));
        assertThat(relay.lag()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(45));

        assertThat(ledger.housekeeping().purge(QUEUE, Place.SCHEDULED, null, 10))
                .hasSize(1);
        relay.send(QUEUE);
        assertThat(relay.lag()).isZero();
    }

    @Test
    void itsLag_goesOnWhileSomethingIsLeftThatIsDue() {
        Lateness lateness = new Lateness(() -> nanos);
        lateness.looked(QUEUE, new Due(List.of(), Duration.ofSeconds(1), false));
        pass(Duration.ofSeconds(3));
        lateness.looked(QUEUE, new Due(List.of(), Duration.ZERO, false));
        pass(Duration.ofSeconds(2));
        assertThat(lateness.now()).isEqualTo(Duration.ofSeconds(4));
        lateness.looked(QUEUE, new Due(List.of(), Duration.ofSeconds(7), false));
        assertThat(lateness.now()).isZero();
        lateness.looked(QUEUE, Due.PAUSED);
        pass(Duration.ofSeconds(9));
        assertThat(lateness.now()).isZero();
    }

    @Test
    void whatIsHeld_isNotOver_becauseOneLookDoesNotFindIt() {
        Duration hold = Duration.ofSeconds(5);
        Lateness lateness = new Lateness(() -> nanos);
        lateness.lookedAtStrays(true, hold);
        pass(Duration.ofSeconds(4));
        lateness.lookedAtStrays(false, hold);
        assertThat(lateness.now()).isEqualTo(Duration.ofSeconds(4));
        pass(Duration.ofSeconds(4));
        lateness.lookedAtStrays(true, hold);
        assertThat(lateness.now()).isEqualTo(Duration.ofSeconds(8));
        pass(Duration.ofSeconds(10));
        lateness.lookedAtStrays(false, hold);
        assertThat(lateness.now()).isZero();
    }
}
