package io.goose.broker.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.cci.Record;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application and an adapter of different versions: one side is this library, the other one of changed sources in a class
 * loader of its own. They work together, or the one that cannot says which versions they are of and what mends it.
 */
final class VersionSkewTest {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final String HERE = "Goose dev"; // the classes of a build are in no archive

    @TempDir
    private Path compiled;

    private ClassLoader newer() throws IOException {
        return loader(new Edition("9.9", SOURCES).extended());
    }

    private ClassLoader older() throws IOException {
        return loader(new Edition("0.0.9", SOURCES).lacking());
    }

    private ClassLoader loader(Edition edition) throws IOException {
        Path own = Files.createTempDirectory(compiled, "edition"); // one must not find what another has
        edition.compile(System.getProperty("java.class.path"), own);
        return edition.loader(own);
    }

    private static ClassLoader here() {
        return VersionSkewTest.class.getClassLoader();
    }

    @SuppressWarnings("unchecked")
    private static ConnectionFactory adapter(ClassLoader side) throws Throwable {
        return new Across((Function<Map<?, ?>, Record>) call(side, "adapter")).connections();
    }

    private static Object call(ClassLoader side, String method, Object... given) throws Throwable {
        Class<?> sides = side.loadClass(SkewedSides.class.getName());
        for (java.lang.reflect.Method one : sides.getMethods()) {
            if (one.getName().equals(method)) {
                try {
                    return one.invoke(null, given);
                } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                }
            }
        }
        throw new AssertionError(method);
    }

    private static Object application(ClassLoader side, ClassLoader adapter) throws Throwable {
        return call(side, "application", adapter(adapter));
    }

    private static Object delivery(ClassLoader adapter, ClassLoader application) throws Throwable {
        return call(adapter, "deliver", call(application, "bean"));
    }

    /** Of whichever class loader the exception is. */
    private static void assertRefused(String type, ThrowingCallable call, String code, String other, String mend) {
        assertThatThrownBy(call)
                .satisfies(
                        thrown -> assertThat(thrown.getClass().getSimpleName()).isEqualTo(type))
                .hasMessageStartingWith(code)
                .hasMessageContaining(HERE)
                .hasMessageContaining("Goose " + other)
                .hasMessageContaining(mend);
    }

    @Test
    void anEdition_isAnotherOne() throws Throwable {
        ClassLoader newer = newer();
        Class<?> claim = newer.loadClass("io.goose.spi.Claim");

        assertThat(claim).isNotSameAs(io.goose.spi.Claim.class);
        assertThat(claim.getRecordComponents()).hasSize(io.goose.spi.Claim.class.getRecordComponents().length + 1);
        assertThat(newer.loadClass("io.goose.broker.jca.Served").getClassLoader())
                .isSameAs(newer);
    }

    @Test
    void aNewerApplicationAndAnOlderAdapter_workTogether_inWhatBothHave() throws Throwable {
        Object same = application(here(), here());

        assertThat(application(newer(), here())).isEqualTo(same);
        assertThat(delivery(here(), newer())).isEqualTo(delivery(here(), here()));
    }

    @Test
    void anOlderApplicationAndANewerAdapter_workTogether() throws Throwable {
        Object same = application(here(), here());

        assertThat(application(here(), newer())).isEqualTo(same);
        assertThat(delivery(newer(), here())).isEqualTo(delivery(here(), here()));
    }

    @Test
    void anAdapterThatSaysLess_isUnderstood() throws Throwable {
        ClassLoader older = older();

        assertThat(application(here(), older)).isEqualTo(application(here(), here()));
        assertThat(application(older, here())).isEqualTo(application(here(), here()));
    }

    @Test
    void whatAnOlderAdapterLacks_isAsInEveryBrokerThatLacksIt_orRefusedByBothVersions() throws Throwable {
        ClassLoader newer = newer();
        ConnectionFactory here = adapter(here());

        assertThat(call(newer, "call", here, "teleport", "Rome"))
                .as("what the newer SPI says of a broker without")
                .isEqualTo("nobody goes to Rome");
        assertRefused(
                "UnsupportedCapabilityException",
                () -> call(newer, "call", here, "beam", "Rome"),
                "GOOSE-3163",
                "9.9",
                "Broker.beam/1; deploy the adapter of the application's version");

        ConnectionFactory old = adapter(older());
        assertRefused(
                "UnsupportedCapabilityException",
                () -> call(here(), "call", old, "pause", "a"),
                "GOOSE-3163",
                "0.0.9",
                "Broker.pause/1; deploy the adapter of the application's version");
    }

    @Test
    void whatCannotBeLeftOut_isRefused_byNameAndBothVersions() throws Throwable {
        ClassLoader silent = loader(new Edition("0.0.9", SOURCES).silent());

        assertRefused(
                "IllegalArgumentException",
                () -> application(here(), silent),
                "GOOSE-2372",
                "0.0.9",
                "unknownFor of a Lease, which is needed here");
        assertRefused(
                "IllegalArgumentException",
                () -> application(silent, here()),
                "GOOSE-2372",
                "0.0.9",
                "use the same version of Goose on both sides");
        assertRefused("IllegalArgumentException", () -> delivery(silent, here()), "GOOSE-2372", "0.0.9", "of a Lease");
    }

    @Test
    void anotherVersionOfTheBoundary_isRefused_onBothSides_andInBothDirections() throws Throwable {
        ClassLoader other = loader(new Edition("9.9", SOURCES).speaking(2));
        String mend = "deploy the adapter of the application's version";

        assertRefused(
                "UnsupportedCapabilityException",
                () -> application(other, here()),
                "GOOSE-3161",
                "9.9",
                "speaks version 2 to the resource adapter (Goose dev), which speaks version 1; " + mend);
        assertRefused(
                "UnsupportedCapabilityException",
                () -> application(here(), other),
                "GOOSE-3161",
                "9.9",
                "speaks version 1 to the resource adapter (Goose 9.9), which speaks version 2; " + mend);
        assertRefused("UnsupportedCapabilityException", () -> delivery(other, here()), "GOOSE-3193", "9.9", mend);
        assertRefused("UnsupportedCapabilityException", () -> delivery(here(), other), "GOOSE-3193", "9.9", mend);
    }

    @Test
    void deliveriesInTransactions_workBetweenVersionsThatHaveThem() throws Throwable {
        String same = (String) call(here(), "deliverInTransaction", call(here(), "transactedBean"));

        assertThat(same).matches("true Done\\[\\] Snooze\\[.*=PT3S\\]");
        assertThat(call(here(), "deliverInTransaction", call(newer(), "transactedBean")))
                .isEqualTo(same);
        assertThat(call(newer(), "deliverInTransaction", call(here(), "transactedBean")))
                .isEqualTo(same);
    }

    /** The adapter leases nothing for such a bean; if it did, its jobs would not be run. */
    @Test
    void anApplicationFromBeforeThem_saysThatItIsNotForThem_andRefuses() throws Throwable {
        ClassLoader before = loader(new Edition("0.0.9", SOURCES).untransacted());

        assertThat(call(here(), "isForTransactions", call(before, "bean"))).isEqualTo("false");
        assertThat(call(here(), "isForTransactions", call(here(), "transactedBean")))
                .isEqualTo("true");
        assertRefused(
                "UnsupportedCapabilityException",
                () -> call(here(), "deliverInTransaction", call(before, "bean")),
                "GOOSE-3193",
                "0.0.9",
                "for 'runInTransaction', which it does not know");
        assertThat(delivery(before, here())).as("an older adapter").isEqualTo(delivery(here(), here()));
        assertThatThrownBy(() -> call(before, "deliver", call(here(), "transactedBean")))
                .as("an older adapter that would not heed the transaction")
                .hasMessageContaining("GOOSE-3220");
    }

    /** No cast fails: what is of another kind is refused like everything else. */
    @Test
    void aComponentOfAnotherKind_isRefused_byBothVersions() throws Throwable {
        ClassLoader odd = loader(new Edition("9.9", SOURCES).timed());

        assertRefused(
                "IllegalArgumentException",
                () -> application(here(), odd),
                "GOOSE-2372",
                "9.9",
                "use the same version of Goose on both sides");
    }
}
