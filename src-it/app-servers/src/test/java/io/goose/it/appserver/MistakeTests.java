package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Mistakes fail the deployment, all of them in one report; what may be meant is a warning in the server's log. */
interface MistakeTests extends Topic {

    @Test
    default void mistakes_areAllReportedAtDeployment() throws IOException {
        String said = harness().deployInVain("refused", Archives.REFUSED);
        assertThat(said)
                .contains(jobs(
                        "2102 PrivateMethod#hidden",
                        "2103 StaticMethod#shared",
                        "2104 FinalMethod#fixed",
                        "2105 FinalClass#run",
                        "2106 HiddenOnEjb#run",
                        "2107 TwoAnnotations#run",
                        "2108 WrongResult#run",
                        "2109 EjbAsynchronous#run",
                        "2109 ConcurrencyAsynchronous#run",
                        "2118 OnInterface#run",
                        "2118 Overriding#run",
                        "2120 UnknownBroker#run"))
                .contains("GOOSE-2117: bean io.goose.it.refused.OnClass has @AsyncJob on the class")
                .contains("GOOSE-2114: @Stateful EJB io.goose.it.refused.StatefulJobs")
                .contains("did you mean reports?");
        String messageDriven = "GOOSE-2115: message-driven bean io.goose.it.refused.MessageDrivenJobs";
        if (harness().server().showsMessageDrivenBeans()) {
            assertThat(said).contains(messageDriven);
        } else {
            assertThat(said).as("told too late, if at all").doesNotContain(messageDriven);
        }
        if (harness().layout().hasEngineInEachModule()) {
            assertThat(said)
                    .containsPattern("GOOSE-2021: goose.worker.thread in .* is not known: did you mean"
                            + " goose.worker.threads\\?");
        } else {
            assertThat(said).as("the file of a WAR is not read here").doesNotContain("GOOSE-2021");
        }
    }

    @Test
    default void whatMayBeMeant_isAWarningInTheLog() {
        assertThat(harness().server().log().since(0))
                .contains("GOOSE-2123: job io.goose.it.probe.WriteLockedJobs#look(")
                .contains("GOOSE-2124: job io.goose.it.probe.GuardedEjb#guarded(")
                .contains("GOOSE-2124: job io.goose.it.probe.AsyncEjb#restricted(")
                .contains("GOOSE-2127: job io.goose.it.probe.HiddenJobs#look(")
                .doesNotContain("GOOSE-2123: job io.goose.it.probe.SingletonJobs#")
                .doesNotContain("GOOSE-2124: job io.goose.it.probe.GuardedEjb#open");
    }

    @Test
    default void unknownKeyInTheEnvironment_isAWarningWithAHint() {
        assertThat(harness().server().log().since(0))
                .containsPattern("GOOSE-2022: .*\\R - [^\\r\\n]*(?i)goose.worker.threds[^\\r\\n]*did you mean"
                        + " goose.worker.threads\\?");
    }

    private static String[] jobs(String... codesAndNames) {
        return Stream.of(codesAndNames)
                .map(each -> each.split(" "))
                .map(each -> "GOOSE-" + each[0] + ": job io.goose.it.refused." + each[1] + "(")
                .toArray(String[]::new);
    }
}
