package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is left of the adapter and an application with a message-driven bean that were deployed thirty times. */
abstract class CyclesContract {

    private static final int CYCLES = 30;
    private static final int SETTLED = 10;
    private static final int OF_ONE = 2; // class loaders of a deployment: the adapter's and the application's
    private static final String ADAPTER = "goose-jca-adapter";

    /** The JDK's cache of JavaBeans keeps classes that it was once asked for, until memory is short. */
    private static final String FORGETFUL = "-XX:SoftRefLRUPolicyMSPerMB=0";

    private final AppServer.Kind kind;
    private final String classLoaders;

    /**
     * @param classLoaders how the names begin of the classes whose instances load what is deployed
     */
    CyclesContract(AppServer.Kind kind, String classLoaders) {
        this.kind = kind;
        this.classLoaders = classLoaders;
    }

    /** The adapter comes before the application and goes after it. */
    @Test
    void anAdapterAndAnApplication_leaveNothing() throws IOException {
        cycle(Layout.WAR, harness -> {
            harness.server().deploy(ADAPTER, Archives.ADAPTER);
            Harness.Application application = harness.deploy("inbound", Archives.INBOUND, Map.of());
            return () -> {
                application.close();
                harness.server().undeploy(ADAPTER);
            };
        });
    }

    /** Both come and go at once. */
    @Test
    void anApplicationWithItsAdapter_leavesNothing() throws IOException {
        cycle(Layout.EAR_WITH_ADAPTER, harness -> {
            harness.deployProbe();
            return harness::undeployProbe;
        });
    }

    private void cycle(Layout layout, Deployment deployment) throws IOException {
        String name = getClass().getSimpleName() + '-' + layout;
        try (Harness harness = harness(name, layout)) {
            harness.deployMonitor();
            if (layout == Layout.WAR) {
                harness.server().undeploy(ADAPTER); // the server has begun with it
            }
            for (int i = 1; i <= SETTLED; i++) {
                cycle(harness, deployment);
            }
            long settled = settledClassLoaders(harness);
            for (int i = SETTLED + 1; i <= CYCLES; i++) {
                cycle(harness, deployment);
            }

            // A leak keeps some of each deployment. Those of the last one may be held, as by a method handle of the
            // JDK 17 that compares components of records (ObjectMethods.OBJECT_EQ) and remembers the last type.
            Harness.await(
                    "no more than " + OF_ONE + " class loaders more than after cycle " + SETTLED + ", which had "
                            + settled,
                    () -> classLoaders(harness) <= settled + OF_ONE);
            System.out.println(name + ": " + settled + " class loaders after cycle " + SETTLED + ", after cycle "
                    + CYCLES + ": " + classLoaders(harness));
        }
    }

    private Harness harness(String name, Layout layout) throws IOException {
        Optional<String> application = layout == Layout.EAR_WITH_ADAPTER ? Optional.of("probe") : Optional.empty();
        return new Harness(
                name,
                kind,
                layout,
                AppServerContract.ownJdk(),
                url -> Optional.of(new AppServer.Adapter(url, application)),
                new Broker(),
                Map.of("JAVA_TOOL_OPTIONS", FORGETFUL));
    }

    /** Jobs run, and one is running when the application is taken away; nothing is left of all that. */
    private static void cycle(Harness harness, Deployment deployment) throws IOException {
        String looking = harness.key();
        String held = harness.key();
        try (Harness.Application application = deployment.deploy(harness)) {
            harness.post("/inbound/api/jobs/look/" + looking);
            harness.post("/inbound/api/jobs/hold/" + held);
            harness.records().await(looking);
            harness.records().await(held);
        }
        harness.finish(held); // its next run, in the next cycle, ends at once

        assertThat(harness.broker().keys("*:lease:*")).as("leased jobs").isEmpty();
        Harness.await(
                () -> "no connection, of " + harness.broker().clients(),
                () -> harness.broker().clients().isEmpty());
        Harness.await("no thread of Goose's", () -> harness.threads().stream()
                .map(thread -> thread.getString("name"))
                .noneMatch(name -> name.contains("goose")));
    }

    /** The fewest that some rounds of the garbage collector leave: what has a finalizer goes with the second. */
    private long settledClassLoaders(Harness harness) throws IOException {
        long before = Long.MAX_VALUE;
        long now = classLoaders(harness);
        while (now < before) {
            before = now;
            now = classLoaders(harness);
        }
        return before;
    }

    /** Those that the garbage collector leaves. */
    private long classLoaders(Harness harness) throws IOException {
        jcmd(harness, "GC.run");
        return jcmd(harness, "VM.classloader_stats")
                .lines()
                .filter(line -> line.contains(classLoaders))
                .count();
    }

    private static String jcmd(Harness harness, String command) throws IOException {
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

    /** Deploys; what it returns undeploys. */
    private interface Deployment {
        Harness.Application deploy(Harness harness) throws IOException;
    }
}
