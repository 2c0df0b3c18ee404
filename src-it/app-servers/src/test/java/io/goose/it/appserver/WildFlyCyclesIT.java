package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left of the adapter and an application with a message-driven bean that were deployed thirty times. */
@Tag("matrix")
final class WildFlyCyclesIT {

    private static final int CYCLES = 30;
    private static final int SETTLED = 10;
    private static final String ADAPTER = "goose-jca-adapter";

    private Harness harness;

    @Test
    void deployments_leaveNoThread_connection_classLoader_orLeasedJob() throws IOException {
        try (Harness started =
                new Harness("WildFlyCyclesIT", AppServer.Kind.WILDFLY, Layout.WAR, AppServerContract.ownJdk(), true)) {
            harness = started;
            harness.deployMonitor();
            cycle();
            for (int i = 2; i <= SETTLED; i++) {
                harness.server().deploy(ADAPTER, Archives.ADAPTER);
                cycle();
            }
            long settled = classLoaders();
            for (int i = SETTLED + 1; i <= CYCLES; i++) {
                harness.server().deploy(ADAPTER, Archives.ADAPTER);
                cycle();
            }

            Harness.await(
                    () -> "at most the " + settled + " class loaders of cycle " + SETTLED + " after cycle " + CYCLES,
                    () -> classLoaders() <= settled);
            System.out.println("class loaders of modules after cycle " + SETTLED + ": " + settled + ", after cycle "
                    + CYCLES + ": " + classLoaders());
        }
    }

    /** Jobs run, and one is running when the application is taken away; nothing is left of all that. */
    private void cycle() throws IOException {
        String looking = harness.key();
        String held = harness.key();
        try (Harness.Application application = harness.deploy("inbound", Archives.INBOUND, Map.of())) {
            harness.post("/inbound/api/jobs/look/" + looking);
            harness.post("/inbound/api/jobs/hold/" + held);
            harness.records().await(looking);
            harness.records().await(held);
        }
        harness.finish(held); // its next run, in the next cycle, ends at once
        harness.server().undeploy(ADAPTER);

        assertThat(harness.broker().keys("*:lease:*")).as("leased jobs").isEmpty();
        Harness.await(
                () -> "no connection, of " + harness.broker().clients(),
                () -> harness.broker().clients().isEmpty());
        Harness.await("no thread of Goose's", () -> harness.threads().stream()
                .map(thread -> thread.getString("name"))
                .noneMatch(name -> name.contains("goose")));
    }

    /** Those that the garbage collector leaves. */
    private long classLoaders() throws IOException {
        jcmd("GC.run");
        return jcmd("VM.classloader_stats")
                .lines()
                .filter(line -> line.contains("org.jboss.modules.ModuleClassLoader"))
                .count();
    }

    private String jcmd(String command) throws IOException {
        Process jcmd = new ProcessBuilder(
                        AppServerContract.ownJdk().resolve("bin/jcmd").toString(),
                        Long.toString(harness.server().pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (jcmd.waitFor() != 0) {
                throw new IOException(command + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return said;
    }
}
