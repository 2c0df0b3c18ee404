package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** No server outlives the JVM that started it. */
class ProcessLifeTest {

    /** Starts a server from a thread that ends, leaves it running, and says where it is. */
    public static final class Leaver {

        private Leaver() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Thread starter =
                    new Thread(() -> System.out.println(RedisServer.startAny().port()));
            starter.start();
            starter.join();
            if (System.in.read() >= 0) {
                System.exit(0);
            }
        }
    }

    @Test
    void exitedJvm_leavesNoServer() throws IOException {
        Process jvm = startLeaver();
        int port = portOf(jvm);
        assertThat(FreePorts.isFree(port)).isFalse();

        jvm.getOutputStream().write('\n');
        jvm.getOutputStream().flush();

        Polling.until("the server is gone", Duration.ofSeconds(60), () -> FreePorts.isFree(port));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void killedJvm_leavesNoServer() throws IOException {
        Process jvm = startLeaver();
        int port = portOf(jvm);
        assertThat(FreePorts.isFree(port)).isFalse();

        jvm.destroyForcibly();

        Polling.until("the server is gone", Duration.ofSeconds(60), () -> FreePorts.isFree(port));
    }

    private static Process startLeaver() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Leaver.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int portOf(Process jvm) throws IOException {
        return Integer.parseInt(
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8)).readLine());
    }
}
