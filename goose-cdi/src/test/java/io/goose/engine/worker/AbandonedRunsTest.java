package io.goose.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is left of an application that was undeployed while a run was abandoned. */
final class AbandonedRunsTest {

    /** In a JVM of its own, because the JDK starts its delaying thread once. */
    @Test
    void theDelayingThreadOfTheJdkDoesNotKeepTheApplication() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Undeploy.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said.strip()).isEqualTo("collected");
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Lets a class loader go that used the delaying thread, and says whether the JVM does so, too. */
    static final class Undeploy {

        private Undeploy() {}

        /** Begins here. */
        public static void main(String[] none) throws Exception {
            WeakReference<ClassLoader> application = useOnce();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (application.get() != null && System.nanoTime() - end < 0) {
                System.gc();
                TimeUnit.MILLISECONDS.sleep(20);
            }
            System.out.println(application.get() == null ? "collected" : "kept");
        }

        private static WeakReference<ClassLoader> useOnce() throws Exception {
            URL[] path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> url(new File(entry).toURI()))
                    .toArray(URL[]::new);
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            CountDownLatch ran = new CountDownLatch(1);
            try (URLClassLoader application = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
                Thread.currentThread().setContextClassLoader(application);
                Method after = application
                        .loadClass(AbandonedRuns.class.getName())
                        .getDeclaredMethod("after", Duration.class, Runnable.class);
                after.setAccessible(true);
                after.invoke(null, Duration.ofMillis(10), (Runnable) ran::countDown);
                ran.await();
                return new WeakReference<>(application);
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }

        private static URL url(URI file) {
            try {
                return file.toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(file.toString(), e);
            }
        }
    }
}
